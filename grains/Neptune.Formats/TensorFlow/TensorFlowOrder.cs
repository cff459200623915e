namespace Neptune.Formats;

/// <summary>Puts steps in an order in which each reads only what comes before.</summary>
internal static class TensorFlowOrder
{
    /// <summary>The steps that sources need, in order.</summary>
    /// <param name="outputs">What is wanted.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <exception cref="ModelFileException">A step needs itself.</exception>
    public static List<TensorFlowStep> Of(IEnumerable<TensorFlowSource> outputs, string file)
    {
        var ordered = new List<TensorFlowStep>();
        var isDone = new Dictionary<TensorFlowStep, bool>();
        var path = new Stack<(TensorFlowStep Step, int Next)>();
        foreach (var output in outputs)
        {
            if (isDone.TryAdd(output.Step, false))
            {
                path.Push((output.Step, 0));
            }
            while (path.TryPop(out var top))
            {
                // A loop's way back; the loop itself is refused by its other nodes.
                if (top.Next == top.Step.Inputs.Count || top.Step.Op == "NextIteration")
                {
                    isDone[top.Step] = true;
                    ordered.Add(top.Step);
                    continue;
                }
                path.Push((top.Step, top.Next + 1));
                var input = top.Step.Inputs[top.Next].Step;
                if (!isDone.TryGetValue(input, out var done))
                {
                    isDone.Add(input, false);
                    path.Push((input, 0));
                }
                else if (!done)
                {
                    throw new ModelFileException(
                        $"{file}: node {input.Name} needs its own output. The file is damaged."
                    );
                }
            }
        }
        return ordered;
    }
}
