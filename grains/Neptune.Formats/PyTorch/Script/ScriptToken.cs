namespace Neptune.Formats;

/// <summary>A word of TorchScript's code.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, number, punctuation, or the text without its quotes.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Text, int Line);
