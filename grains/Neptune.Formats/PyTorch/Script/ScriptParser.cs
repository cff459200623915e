using System.Collections.Immutable;
using System.Globalization;

namespace Neptune.Formats;

/// <summary>
/// Parses a code file of a TorchScript archive: classes and functions of assignments, calls, conditions and returns. Other
/// statements are kept as unknown ones, so that all of them can be told at once; nothing is run.
/// </summary>
internal sealed class ScriptParser
{
    // Deeper nested code is not written by PyTorch, and would exhaust the stack.
    private const int MaximumDepth = 100;

    private readonly List<ScriptToken> _tokens;
    private readonly string _file;
    private int _at;
    private int _depth;

    private ScriptParser(List<ScriptToken> tokens, string file) => (_tokens, _file) = (tokens, file);

    private ScriptToken Current => _tokens[_at];

    /// <summary>The classes and functions of a file by name.</summary>
    /// <param name="text">The code.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is not such code; the message names the line.</exception>
    public static (
        ImmutableDictionary<string, ScriptClass> Classes,
        ImmutableDictionary<string, ScriptFunction> Functions
    ) Parse(string text, string file) => new ScriptParser(ScriptLexer.Split(text, file), file).ParseFile();

    private (ImmutableDictionary<string, ScriptClass>, ImmutableDictionary<string, ScriptFunction>) ParseFile()
    {
        var classes = ImmutableDictionary.CreateBuilder<string, ScriptClass>(StringComparer.Ordinal);
        var functions = ImmutableDictionary.CreateBuilder<string, ScriptFunction>(StringComparer.Ordinal);
        while (Current.Kind != ScriptTokenKind.End)
        {
            if (Accept("class"))
            {
                var name = Expect(ScriptTokenKind.Name);
                SkipTo(":");
                classes[name] = ParseClass();
            }
            else if (Accept("def"))
            {
                var function = ParseFunction();
                functions[function.Name] = function;
            }
            else if (Current.Kind is ScriptTokenKind.Indent or ScriptTokenKind.Dedent)
            {
                throw Error("a line is indented that belongs to nothing.");
            }
            else
            {
                SkipStatement();
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
            if (Accept("def"))
            {
                var method = ParseFunction();
                methods[method.Name] = method;
                return;
            }
            var name = Current.Text;
            if (Current.Kind == ScriptTokenKind.Name && Next.Text is ":" or "=")
            {
                _at++;
                if (Accept(":"))
                {
                    ParseExpression();
                }
                if (Accept("="))
                {
                    var value = ParseExpression();
                    constants[name] = value;
                    if (name == "__buffers__" && value is ScriptExpression.Items list)
                    {
                        buffers.UnionWith(
                            list.Values.Select(item => (item as ScriptExpression.Literal)?.Value).OfType<string>()
                        );
                    }
                }
            }
            SkipStatement();
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
        var name = Expect(ScriptTokenKind.Name);
        var parameters = ImmutableArray.CreateBuilder<(string, ScriptExpression?)>();
        Expect("(");
        while (!Accept(")"))
        {
            Accept("*");
            if (Accept(","))
            {
                continue;
            }
            var parameter = Expect(ScriptTokenKind.Name);
            if (Accept(":"))
            {
                ParseExpression();
            }
            parameters.Add((parameter, Accept("=") ? ParseExpression() : null));
            if (Current.Text != ")")
            {
                Expect(",");
            }
        }
        if (Accept("->"))
        {
            ParseExpression();
        }
        Expect(":");
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
        Expect(ScriptTokenKind.Line);
        Expect(ScriptTokenKind.Indent);
        Enter();
        while (Current.Kind is not (ScriptTokenKind.Dedent or ScriptTokenKind.End))
        {
            parseOne();
        }
        _depth--;
        Expect(ScriptTokenKind.Dedent);
    }

    // Null for pass.
    private ScriptStatement? ParseStatement()
    {
        var line = Current.Line;
        if (Accept("pass"))
        {
            EndStatement();
            return null;
        }
        if (Accept("return"))
        {
            var value = ParseTuple();
            EndStatement();
            return new ScriptStatement.Return(value, line);
        }
        if (Accept("if"))
        {
            var condition = ParseExpression();
            Expect(":");
            var then = ParseBody();
            if (!Accept("else"))
            {
                return new ScriptStatement.If(condition, then, [], line);
            }
            Expect(":");
            return new ScriptStatement.If(condition, then, ParseBody(), line);
        }
        if (Current.Text is "for" or "while" or "with" or "assert" or "raise" && Current.Kind == ScriptTokenKind.Name)
        {
            var keyword = Current.Text;
            SkipStatement();
            return new ScriptStatement.Unknown(keyword, line);
        }
        var first = ParseTuple(out var unpacks);
        ScriptStatement statement;
        if (Accept("="))
        {
            statement = new ScriptStatement.Assign(Targets(first), unpacks, ParseTuple(), line);
        }
        else if (Accept(":"))
        {
            ParseExpression();
            Expect("=");
            statement = new ScriptStatement.Assign(Targets(first), unpacks, ParseTuple(), line);
        }
        else
        {
            statement = new ScriptStatement.Assign([], false, first, line);
        }
        EndStatement();
        return statement;
    }

    private ImmutableArray<string> Targets(ScriptExpression target) =>
        target switch
        {
            ScriptExpression.Name name => [name.Text],
            ScriptExpression.Items items => [.. items.Values.SelectMany(item => Targets(item))],
            _ => throw Error("a value is assigned to something that is no name."),
        };

    private ScriptExpression ParseTuple() => ParseTuple(out _);

    private ScriptExpression ParseTuple(out bool isTuple)
    {
        var first = ParseExpression();
        isTuple = Current.Text == "," && Current.Kind == ScriptTokenKind.Sign;
        if (!isTuple)
        {
            return first;
        }
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        items.Add(first);
        while (Accept(","))
        {
            if (Current.Kind == ScriptTokenKind.Line || Current.Text == "=")
            {
                break;
            }
            items.Add(ParseExpression());
        }
        return new ScriptExpression.Items(items.ToImmutable());
    }

    private ScriptExpression ParseExpression()
    {
        Enter();
        var value = ParseStart();
        while (true)
        {
            if (Accept("."))
            {
                value = new ScriptExpression.Member(value, Expect(ScriptTokenKind.Name));
            }
            else if (Accept("("))
            {
                value = ParseArguments(value);
            }
            else if (Accept("["))
            {
                var index = ParseList("]");
                value = new ScriptExpression.Item(
                    value,
                    index is [var only] ? only : new ScriptExpression.Items(index)
                );
            }
            else
            {
                _depth--;
                return value;
            }
        }
    }

    private ScriptExpression.Call ParseArguments(ScriptExpression target)
    {
        var arguments = ImmutableArray.CreateBuilder<ScriptExpression>();
        var named = ImmutableArray.CreateBuilder<(string, ScriptExpression)>();
        while (!Accept(")"))
        {
            if (Current.Kind == ScriptTokenKind.Name && Next is { Kind: ScriptTokenKind.Sign, Text: "=" })
            {
                var name = Expect(ScriptTokenKind.Name);
                Expect("=");
                named.Add((name, ParseExpression()));
            }
            else
            {
                arguments.Add(ParseExpression());
            }
            if (Current.Text != ")")
            {
                Expect(",");
            }
        }
        return new(target, arguments.ToImmutable(), named.ToImmutable());
    }

    private ScriptExpression ParseStart()
    {
        var token = Current;
        switch (token.Kind)
        {
            case ScriptTokenKind.Name:
                _at++;
                return token.Text switch
                {
                    "None" => new ScriptExpression.Literal(null),
                    "True" => new ScriptExpression.Literal(true),
                    "False" => new ScriptExpression.Literal(false),
                    _ => new ScriptExpression.Name(token.Text),
                };
            case ScriptTokenKind.Number:
                _at++;
                return new ScriptExpression.Literal(Number(token));
            case ScriptTokenKind.Text:
                _at++;
                return new ScriptExpression.Literal(token.Text);
            case ScriptTokenKind.Sign when Accept("-"):
                return new ScriptExpression.Negative(ParseExpression());
            case ScriptTokenKind.Sign when Accept("["):
                return new ScriptExpression.Items(ParseList("]"));
            case ScriptTokenKind.Sign when Accept("("):
                var items = ParseList(")", out var comma);
                return items is [var only] && !comma ? only : new ScriptExpression.Items(items);
            default:
                throw Error($"{Shown(token)} stands where a value should.");
        }
    }

    private object Number(ScriptToken token)
    {
        if (long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }
        return double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? real
            : throw Error($"{Shown(token)} is no number.");
    }

    private ImmutableArray<ScriptExpression> ParseList(string end) => ParseList(end, out _);

    private ImmutableArray<ScriptExpression> ParseList(string end, out bool comma)
    {
        comma = false;
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        while (!Accept(end))
        {
            items.Add(ParseExpression());
            if (Current.Text != end)
            {
                Expect(",");
                comma = true;
            }
        }
        return items.ToImmutable();
    }

    private ScriptToken Next => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    private bool Accept(string text)
    {
        if (Current.Kind is ScriptTokenKind.Sign or ScriptTokenKind.Name && Current.Text == text)
        {
            _at++;
            return true;
        }
        return false;
    }

    private void Expect(string text)
    {
        if (!Accept(text))
        {
            throw Error($"{Shown(Current)} stands where {text} should.");
        }
    }

    private string Expect(ScriptTokenKind kind)
    {
        var token = Current;
        if (token.Kind != kind)
        {
            throw Error($"{Shown(token)} stands where a {kind} should.");
        }
        _at++;
        return token.Text;
    }

    private void EndStatement() => Expect(ScriptTokenKind.Line);

    private void SkipTo(string sign)
    {
        while (Current.Kind is not (ScriptTokenKind.Line or ScriptTokenKind.End) && Current.Text != sign)
        {
            _at++;
        }
        Expect(sign);
    }

    // Passes over the rest of a statement, with its block.
    private void SkipStatement()
    {
        while (Current.Kind is not (ScriptTokenKind.Line or ScriptTokenKind.End))
        {
            _at++;
        }
        var depth = 0;
        while (Current.Kind != ScriptTokenKind.End)
        {
            depth += Current.Kind == ScriptTokenKind.Indent ? 1 : 0;
            if (Current.Kind == ScriptTokenKind.Dedent && --depth < 0)
            {
                return;
            }
            _at++;
            if (depth == 0 && Current.Kind != ScriptTokenKind.Indent)
            {
                return;
            }
        }
    }

    private void Enter()
    {
        if (++_depth > MaximumDepth)
        {
            throw Error($"code is nested more than {MaximumDepth} deep.");
        }
    }

    private static string Shown(ScriptToken token) =>
        token.Kind is ScriptTokenKind.Name or ScriptTokenKind.Number or ScriptTokenKind.Sign
            ? token.Text[..Math.Min(token.Text.Length, 60)]
            : $"a {token.Kind}";

    private ModelFileException Error(string problem) => new($"{_file}, line {Current.Line}: {problem}");
}
