namespace Neptune.Formats;

/// <summary>A loop: while its condition holds, its body makes the next values of its variables.</summary>
/// <param name="Condition">Of all arguments, whether it goes on.</param>
/// <param name="Body">
/// Of all arguments, the next values of the variables, which are the first arguments; those behind them stay as they are.
/// </param>
internal sealed record TensorFlowLoop(TensorFlowBody Condition, TensorFlowBody Body)
{
    /// <summary>How many variables it has: its results.</summary>
    public int Variables => Body.Results.Length;
}
