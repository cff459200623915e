namespace Neptune.Formats;

/// <summary>A value of TorchScript's code that is not known while the graph is made.</summary>
internal sealed class ScriptSymbol
{
    private ScriptSymbol() { }

    /// <summary>The number of samples.</summary>
    public static ScriptSymbol BatchSize { get; } = new();

    /// <summary>What an operator that is not supported would give.</summary>
    public static ScriptSymbol Unknown { get; } = new();
}
