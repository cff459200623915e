using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>An expression of TorchScript's code.</summary>
internal abstract record ScriptExpression
{
    private ScriptExpression() { }

    /// <summary>A name.</summary>
    internal sealed record Name(string Text) : ScriptExpression;

    /// <summary>null, bool, long, double or text.</summary>
    internal sealed record Literal(object? Value) : ScriptExpression;

    /// <summary>An attribute of a value, or a name in a module.</summary>
    internal sealed record Member(ScriptExpression Target, string Text) : ScriptExpression;

    /// <summary>A call.</summary>
    internal sealed record Call(
        ScriptExpression Target,
        ImmutableArray<ScriptExpression> Arguments,
        ImmutableArray<(string Name, ScriptExpression Value)> Named
    ) : ScriptExpression;

    /// <summary>An item of a list, or the arguments of a type.</summary>
    internal sealed record Item(ScriptExpression Target, ScriptExpression Index) : ScriptExpression;

    /// <summary>A list, or a tuple.</summary>
    internal sealed record Items(ImmutableArray<ScriptExpression> Values) : ScriptExpression;

    /// <summary>The negative of a number.</summary>
    internal sealed record Negative(ScriptExpression Value) : ScriptExpression;
}
