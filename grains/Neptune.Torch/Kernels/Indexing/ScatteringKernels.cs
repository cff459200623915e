using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>A copy of a tensor with elements at places that an input says changed.</summary>
internal sealed class ScatteringKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel("Scatter", 3, 3, ScatterElements),
            new FunctionKernel("ScatterElements", 3, 3, ScatterElements),
            new FunctionKernel("ScatterND", 3, 3, ScatterNd),
            new FunctionKernel("TensorScatter", 2, 3, TensorScatter),
        ];

    private static Func<Tensor?[], Tensor> ScatterElements(OperationSite site)
    {
        var axis = site.Operation.Int("axis", 0);
        var reduction = site.Operation.Text("reduction", "none");
        return inputs =>
        {
            var data = inputs[0]!;
            var d = (int)(axis < 0 ? axis + data.dim() : axis);
            var places = Places.OfElements(data.shape, d, Places.Checked(site, inputs[1]!, data.size(d)));
            return Write(site, data.flatten(), places.flatten(), inputs[2]!.flatten(), reduction).reshape(data.shape);
        };
    }

    private static Func<Tensor?[], Tensor> ScatterNd(OperationSite site)
    {
        var reduction = site.Operation.Text("reduction", "none");
        return inputs =>
        {
            var (data, indices) = (inputs[0]!, inputs[1]!);
            var shape = data.shape;
            var depth = (int)indices.shape[^1];
            var places = Places.OfRows(site, shape, 0, indices).flatten();
            var rest = shape[depth..];
            var rows = shape[..depth].Aggregate(1L, (a, b) => a * b);
            var updates = inputs[2]!.reshape([places.NumberOfElements, .. rest]);
            return Write(site, data.reshape([rows, .. rest]), places, updates, reduction).reshape(shape);
        };
    }

    private static Tensor Write(OperationSite site, Tensor rows, Tensor places, Tensor updates, string reduction) =>
        reduction switch
        {
            "none" => rows.clone().index_put_(updates, [places], accumulate: false),
            "add" => rows.clone().index_put_(updates, [places], accumulate: true),
            "mul" => Combine(rows, places, updates, (a, b) => a.mul(b)),
            "max" => Combine(rows, places, updates, (a, b) => a.maximum(b)),
            "min" => Combine(rows, places, updates, (a, b) => a.minimum(b)),
            _ => throw site.Error($"reduction is {reduction}"),
        };

    // In turns: the first update of each place, then the second ones, and so on.
    private static Tensor Combine(Tensor rows, Tensor places, Tensor updates, Func<Tensor, Tensor, Tensor> function)
    {
        var seen = new Dictionary<long, int>();
        var turns = TorchTypes
            .Numbers(places)
            .Select((place, i) => (Turn: seen[place] = seen.GetValueOrDefault(place) + 1, Update: (long)i))
            .GroupBy(update => update.Turn, update => update.Update);
        var result = rows.clone();
        foreach (var turn in turns.OrderBy(turn => turn.Key))
        {
            var which = tensor(turn.ToArray(), device: places.device);
            var at = places.index(which);
            result.index_put_(function(result.index(at), updates.index(which)), [at], accumulate: false);
        }
        return result;
    }

    private static Func<Tensor?[], Tensor> TensorScatter(OperationSite site)
    {
        var axis = site.Operation.Int("axis", -2);
        var circular = site.Operation.Text("mode", "linear") == "circular";
        return inputs =>
        {
            var (cache, update) = (inputs[0]!, inputs[1]!);
            var rank = (int)cache.dim();
            var d = (int)(axis < 0 ? axis + rank : axis);
            var places = Places.Along(Places.Counting(update.size(d), cache.device), d, rank);
            if (inputs.Length > 2 && inputs[2] is { } first)
            {
                places = places.add(Places.Along(first.to_type(ScalarType.Int64), 0, rank), Scalars.One);
            }
            places = circular
                ? places.remainder(Scalars.Of(cache.size(d)))
                : Places.Checked(site, places, cache.size(d));
            var flat = Places.OfElements(cache.shape, d, places.expand(update.shape)).flatten();
            return Write(site, cache.flatten(), flat, update.flatten(), "none").reshape(cache.shape);
        };
    }
}
