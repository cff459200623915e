namespace Neptune.Torch;

/// <summary>Two dimensions: those before <c>axis</c> (default 1), and the rest.</summary>
internal sealed class FlattenKernel : IOperationKernel
{
    public string Type => "Flatten";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site, site.Operation.Int("axis", 1));
    }

    private sealed class Prepared(OperationSite site, long axis) : ReshapingOperation(site)
    {
        protected override long[] Reshape(long[] shape)
        {
            var first = (int)(axis < 0 ? axis + shape.Length : axis);
            if (first < 0 || first > shape.Length)
            {
                throw Site.Error($"axis is {axis}, and the input has {shape.Length} dimensions");
            }
            return
            [
                shape[..first].Aggregate(1L, (product, length) => product * length),
                shape[first..].Aggregate(1L, (product, length) => product * length),
            ];
        }
    }
}
