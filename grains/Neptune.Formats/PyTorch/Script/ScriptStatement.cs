using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A statement of TorchScript's code.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record ScriptStatement(int Line)
{
    /// <summary>Values get names; none where the value is not kept.</summary>
    internal sealed record Assign(ImmutableArray<string> Names, bool Unpacks, ScriptExpression Value, int Line)
        : ScriptStatement(Line);

    /// <summary>The function's answer.</summary>
    internal sealed record Return(ScriptExpression Value, int Line) : ScriptStatement(Line);

    /// <summary>One of two blocks.</summary>
    internal sealed record If(
        ScriptExpression Condition,
        ImmutableArray<ScriptStatement> Then,
        ImmutableArray<ScriptStatement> Else,
        int Line
    ) : ScriptStatement(Line);

    /// <summary>A statement that is known by its first word only, such as a loop.</summary>
    internal sealed record Unknown(string Keyword, int Line) : ScriptStatement(Line);
}
