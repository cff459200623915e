namespace Neptune.Formats;

/// <summary>How much loops and lists may still grow a graph: a short file can ask for any number of nodes.</summary>
internal sealed class TensorFlowBudget
{
    /// <summary>How many nodes the loops of a graph may have when they are unrolled, elements of lists included.</summary>
    public const int Most = 1 << 16;

    private int _used;

    /// <summary>Takes nodes from it.</summary>
    /// <exception cref="TensorFlowBudgetException">There are not as many left.</exception>
    public void Take(long nodes)
    {
        if (nodes > Most - _used)
        {
            throw new TensorFlowBudgetException();
        }
        _used += (int)nodes;
    }
}
