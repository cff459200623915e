using System.Collections.Immutable;
using System.Globalization;

namespace Neptune.Formats;

/// <summary>Parses the expressions of TorchScript's code.</summary>
/// <param name="tokens">Stand where an expression begins.</param>
internal sealed class ScriptExpressions(ScriptTokens tokens)
{
    public ScriptExpression ParseTuple() => ParseTuple(out _);

    public ScriptExpression ParseTuple(out bool isTuple)
    {
        var first = ParseExpression();
        isTuple = tokens.Current.Text == "," && tokens.Current.Kind == ScriptTokenKind.Sign;
        if (!isTuple)
        {
            return first;
        }
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        items.Add(first);
        while (tokens.Accept(","))
        {
            if (tokens.Current.Kind == ScriptTokenKind.Line || tokens.Current.Text == "=")
            {
                break;
            }
            items.Add(ParseExpression());
        }
        return new ScriptExpression.Items(items.ToImmutable());
    }

    public ScriptExpression ParseExpression()
    {
        tokens.Enter();
        var value = ParseStart();
        while (true)
        {
            if (tokens.Accept("."))
            {
                value = new ScriptExpression.Member(value, tokens.Expect(ScriptTokenKind.Name));
            }
            else if (tokens.Accept("("))
            {
                value = ParseArguments(value);
            }
            else if (tokens.Accept("["))
            {
                var index = ParseList("]");
                value = new ScriptExpression.Item(
                    value,
                    index is [var only] ? only : new ScriptExpression.Items(index)
                );
            }
            else
            {
                tokens.Leave();
                return value;
            }
        }
    }

    private ScriptExpression.Call ParseArguments(ScriptExpression target)
    {
        var arguments = ImmutableArray.CreateBuilder<ScriptExpression>();
        var named = ImmutableArray.CreateBuilder<(string, ScriptExpression)>();
        while (!tokens.Accept(")"))
        {
            if (tokens.Current.Kind == ScriptTokenKind.Name && tokens.Next is { Kind: ScriptTokenKind.Sign, Text: "=" })
            {
                var name = tokens.Expect(ScriptTokenKind.Name);
                tokens.Expect("=");
                named.Add((name, ParseExpression()));
            }
            else
            {
                arguments.Add(ParseExpression());
            }
            if (tokens.Current.Text != ")")
            {
                tokens.Expect(",");
            }
        }
        return new(target, arguments.ToImmutable(), named.ToImmutable());
    }

    private ScriptExpression ParseStart()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case ScriptTokenKind.Name:
                tokens.Skip();
                return token.Text switch
                {
                    "None" => new ScriptExpression.Literal(null),
                    "True" => new ScriptExpression.Literal(true),
                    "False" => new ScriptExpression.Literal(false),
                    _ => new ScriptExpression.Name(token.Text),
                };
            case ScriptTokenKind.Number:
                tokens.Skip();
                return new ScriptExpression.Literal(Number(token));
            case ScriptTokenKind.Text:
                tokens.Skip();
                return new ScriptExpression.Literal(token.Text);
            case ScriptTokenKind.Sign when tokens.Accept("-"):
                return new ScriptExpression.Negative(ParseExpression());
            case ScriptTokenKind.Sign when tokens.Accept("["):
                return new ScriptExpression.Items(ParseList("]"));
            case ScriptTokenKind.Sign when tokens.Accept("("):
                var items = ParseList(")", out var comma);
                return items is [var only] && !comma ? only : new ScriptExpression.Items(items);
            default:
                throw tokens.Error($"{ScriptTokens.Shown(token)} stands where a value should.");
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
            : throw tokens.Error($"{ScriptTokens.Shown(token)} is no number.");
    }

    private ImmutableArray<ScriptExpression> ParseList(string end) => ParseList(end, out _);

    private ImmutableArray<ScriptExpression> ParseList(string end, out bool comma)
    {
        comma = false;
        var items = ImmutableArray.CreateBuilder<ScriptExpression>();
        while (!tokens.Accept(end))
        {
            items.Add(ParseExpression());
            if (tokens.Current.Text != end)
            {
                tokens.Expect(",");
                comma = true;
            }
        }
        return items.ToImmutable();
    }
}
