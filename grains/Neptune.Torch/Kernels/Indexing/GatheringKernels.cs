using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Elements at places that an input says.</summary>
internal sealed class GatheringKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Gather", 2, 2, Gather),
            new FunctionKernel("GatherElements", 2, 2, GatherElements),
            new FunctionKernel("GatherND", 2, 2, GatherNd),
        ];

    private static Func<Tensor?[], Tensor> Gather(OperationSite site)
    {
        var axis = site.Operation.Int("axis", 0);
        return inputs =>
        {
            var data = inputs[0]!;
            var length = data.shape[axis < 0 ? axis + data.dim() : axis];
            return Places.Take(data, axis, Places.Checked(site, inputs[1]!, length));
        };
    }

    private static Func<Tensor?[], Tensor> GatherElements(OperationSite site)
    {
        var axis = site.Operation.Int("axis", 0);
        return inputs =>
        {
            var d = (int)(axis < 0 ? axis + inputs[0]!.dim() : axis);
            return Places.TakeElements(inputs[0]!, d, Places.Checked(site, inputs[1]!, inputs[0]!.size(d)));
        };
    }

    private static Func<Tensor?[], Tensor> GatherNd(OperationSite site)
    {
        var batch = (int)site.Operation.Int("batch_dims", 0);
        return inputs =>
        {
            var (data, indices) = (inputs[0]!, inputs[1]!);
            var shape = data.shape;
            var depth = (int)indices.shape[^1];
            var places = Places.OfRows(site, shape, batch, indices);
            var rows = shape[batch..(batch + depth)].Aggregate(1L, (a, b) => a * b);
            for (var d = 0; d < batch; d++)
            {
                var stride = shape[(d + 1)..batch].Aggregate(rows, (a, b) => a * b);
                var starts = Places.Along(Places.Counting(shape[d], data.device), d, places.shape.Length);
                places = places.add(starts.mul(Scalars.Of(stride)), Scalars.One);
            }
            var batches = shape[..batch].Aggregate(1L, (a, b) => a * b);
            var rest = shape[(batch + depth)..];
            return data.reshape([batches * rows, .. rest])
                .index(places.flatten())
                .reshape([.. indices.shape[..^1], .. rest]);
        };
    }
}
