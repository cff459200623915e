using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Parses a code file of a TorchScript archive: classes and functions of assignments, calls, conditions and returns. Other
/// statements are kept as unknown ones, so that all of them can be told at once; nothing is run.
/// </summary>
internal sealed class ScriptParser
{
    private readonly ScriptTokens _tokens;
    private readonly ScriptExpressions _expressions;
    private readonly string _file;

    private ScriptParser(ScriptTokens tokens, string file) =>
        (_tokens, _expressions, _file) = (tokens, new(tokens), file);

    /// <summary>The classes and functions of a file by name.</summary>
    /// <param name="text">The code.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is not such code; the message names the line.</exception>
    public static (
        ImmutableDictionary<string, ScriptClass> Classes,
        ImmutableDictionary<string, ScriptFunction> Functions
    ) Parse(string text, string file) => new ScriptParser(new(ScriptLexer.Split(text, file), file), file).ParseFile();

    private (ImmutableDictionary<string, ScriptClass>, ImmutableDictionary<string, ScriptFunction>) ParseFile()
    {
        var classes = ImmutableDictionary.CreateBuilder<string, ScriptClass>(StringComparer.Ordinal);
        var functions = ImmutableDictionary.CreateBuilder<string, ScriptFunction>(StringComparer.Ordinal);
        while (_tokens.Current.Kind != ScriptTokenKind.End)
        {
            if (_tokens.Accept("class"))
            {
                var name = _tokens.Expect(ScriptTokenKind.Name);
                _tokens.SkipTo(":");
                classes[name] = ParseClass();
            }
            else if (_tokens.Accept("def"))
            {
                var function = ParseFunction();
                functions[function.Name] = function;
            }
            else if (_tokens.Current.Kind is ScriptTokenKind.Indent or ScriptTokenKind.Dedent)
            {
                throw _tokens.Error("a line is indented that belongs to nothing.");
            }
            else
            {
                _tokens.SkipStatement();
            }
        }
        return (classes.ToImmutable(), functions.ToImmutable());
    }

    private ScriptClass ParseClass()
    {
        var methods = ImmutableDictionary.CreateBuilder<string, ScriptFunction>(StringComparer.Ordinal);
        var constants = ImmutableDictionary.CreateBuilder<string, ScriptExpression>(StringComparer.Ordinal);
        var buffers = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        ParseBlock(() =>
        {
            if (_tokens.Accept("def"))
            {
                var method = ParseFunction();
                methods[method.Name] = method;
                return;
            }
            var name = _tokens.Current.Text;
            if (_tokens.Current.Kind == ScriptTokenKind.Name && _tokens.Next.Text is ":" or "=")
            {
                _tokens.Skip();
                if (_tokens.Accept(":"))
                {
                    _expressions.ParseExpression();
                }
                if (_tokens.Accept("="))
                {
                    var value = _expressions.ParseExpression();
                    constants[name] = value;
                    if (name == "__buffers__" && value is ScriptExpression.Items list)
                    {
                        buffers.UnionWith(
                            list.Values.Select(item => (item as ScriptExpression.Literal)?.Value).OfType<string>()
                        );
                    }
                }
            }
            _tokens.SkipStatement();
        });
        return new()
        {
            Methods = methods.ToImmutable(),
            Constants = constants.ToImmutable(),
            Buffers = buffers.ToImmutable(),
        };
    }

    private ScriptFunction ParseFunction()
    {
        var name = _tokens.Expect(ScriptTokenKind.Name);
        var parameters = ImmutableArray.CreateBuilder<(string, ScriptExpression?)>();
        _tokens.Expect("(");
        while (!_tokens.Accept(")"))
        {
            _tokens.Accept("*");
            if (_tokens.Accept(","))
            {
                continue;
            }
            var parameter = _tokens.Expect(ScriptTokenKind.Name);
            if (_tokens.Accept(":"))
            {
                _expressions.ParseExpression();
            }
            parameters.Add((parameter, _tokens.Accept("=") ? _expressions.ParseExpression() : null));
            if (_tokens.Current.Text != ")")
            {
                _tokens.Expect(",");
            }
        }
        if (_tokens.Accept("->"))
        {
            _expressions.ParseExpression();
        }
        _tokens.Expect(":");
        return new(name, parameters.ToImmutable(), ParseBody(), _file);
    }

    private ImmutableArray<ScriptStatement> ParseBody()
    {
        var body = ImmutableArray.CreateBuilder<ScriptStatement>();
        ParseBlock(() =>
        {
            if (ParseStatement() is { } statement)
            {
                body.Add(statement);
            }
        });
        return body.ToImmutable();
    }

    private void ParseBlock(Action parseOne)
    {
        _tokens.Expect(ScriptTokenKind.Line);
        _tokens.Expect(ScriptTokenKind.Indent);
        _tokens.Enter();
        while (_tokens.Current.Kind is not (ScriptTokenKind.Dedent or ScriptTokenKind.End))
        {
            parseOne();
        }
        _tokens.Leave();
        _tokens.Expect(ScriptTokenKind.Dedent);
    }

    // Null for pass.
    private ScriptStatement? ParseStatement()
    {
        var line = _tokens.Current.Line;
        if (_tokens.Accept("pass"))
        {
            _tokens.EndStatement();
            return null;
        }
        if (_tokens.Accept("return"))
        {
            var value = _expressions.ParseTuple();
            _tokens.EndStatement();
            return new ScriptStatement.Return(value, line);
        }
        if (_tokens.Accept("if"))
        {
            var condition = _expressions.ParseExpression();
            _tokens.Expect(":");
            var then = ParseBody();
            if (!_tokens.Accept("else"))
            {
                return new ScriptStatement.If(condition, then, [], line);
            }
            _tokens.Expect(":");
            return new ScriptStatement.If(condition, then, ParseBody(), line);
        }
        if (
            _tokens.Current.Text is "for" or "while" or "with" or "assert" or "raise"
            && _tokens.Current.Kind == ScriptTokenKind.Name
        )
        {
            var keyword = _tokens.Current.Text;
            _tokens.SkipStatement();
            return new ScriptStatement.Unknown(keyword, line);
        }
        var first = _expressions.ParseTuple(out var unpacks);
        ScriptStatement statement;
        if (_tokens.Accept("="))
        {
            statement = new ScriptStatement.Assign(Targets(first), unpacks, _expressions.ParseTuple(), line);
        }
        else if (_tokens.Accept(":"))
        {
            _expressions.ParseExpression();
            _tokens.Expect("=");
            statement = new ScriptStatement.Assign(Targets(first), unpacks, _expressions.ParseTuple(), line);
        }
        else
        {
            statement = new ScriptStatement.Assign([], false, first, line);
        }
        _tokens.EndStatement();
        return statement;
    }

    private ImmutableArray<string> Targets(ScriptExpression target) =>
        target switch
        {
            ScriptExpression.Name name => [name.Text],
            ScriptExpression.Items items => [.. items.Values.SelectMany(item => Targets(item))],
            _ => throw _tokens.Error("a value is assigned to something that is no name."),
        };
}
