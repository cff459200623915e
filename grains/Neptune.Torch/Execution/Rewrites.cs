using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>Changes to the order of operations that keep every value and gradient.</summary>
internal static class Rewrites
{
    /// <summary>
    /// Puts a Relu behind the MaxPool that alone reads it: the largest of rectified elements is the rectified largest,
    /// over a quarter of the elements or fewer. Where all of a window are rectified the gradient is zero either way.
    /// </summary>
    public static void RectifyAfterPooling(List<Operation> operations, string[] targets)
    {
        for (var p = 0; p < operations.Count; p++)
        {
            var pool = operations[p];
            if (pool.Type != "MaxPool" || pool.Outputs.Length > 1)
            {
                continue;
            }
            var between = pool.Inputs[0];
            var r = operations.FindIndex(o => o.Outputs[0] == between);
            if (
                r < 0
                || targets.Contains(between)
                || operations[r].Type != "Relu"
                || operations.Sum(o => o.Inputs.Count(name => name == between)) != 1
            )
            {
                continue;
            }
            var relu = operations[r];
            operations.RemoveAt(p);
            operations.RemoveAt(r);
            operations.Insert(p - 1, pool with { Inputs = relu.Inputs, Outputs = relu.Outputs });
            operations.Insert(p, relu with { Inputs = [between], Outputs = [pool.Outputs[0]] });
        }
    }
}
