using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;

namespace Neptune.ModelGraph.Operations;

/// <summary>Elements at places that an input says, read or written.</summary>
internal sealed class Gathering : IOperationFamily
{
    private static readonly string[] Reductions = ["none", "add", "mul", "max", "min"];

    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("Gather", "data indices", Read, Gather, Int("axis")) { Knows = KnowGather },
            new FunctionDefinition("GatherElements", "data indices", Read, GatherElements, Int("axis")),
            new FunctionDefinition("GatherND", "data indices", Read, GatherNd, Int("batch_dims")),
            new FunctionDefinition("Scatter", "data indices updates", Written, ScatterElements, Int("axis")),
            new FunctionDefinition(
                "ScatterElements",
                "data indices updates",
                Written,
                ScatterElements,
                Int("axis"),
                Text("reduction")
            ),
            new FunctionDefinition("ScatterND", "data indices updates", Written, ScatterNd, Text("reduction")),
            new FunctionDefinition(
                "TensorScatter",
                "past_cache update write_indices?",
                scope => Any.OfBoth(scope, 0, 1),
                TensorScatter,
                Int("axis"),
                Text("mode")
            ),
        ];

    private static ElementType Read(OperationScope scope)
    {
        _ = Place.Of(scope, 1);
        return scope[0].Type;
    }

    private static ElementType Written(OperationScope scope)
    {
        _ = Place.Of(scope, 1);
        return Any.OfBoth(scope, 0, 2);
    }

    private static Shape Gather(OperationScope scope)
    {
        var data = scope.Shape(0);
        var axis = scope.Axis("axis", 0, data.Rank);
        if (scope.Numbers(1) is { } numbers && data[axis] is { IsFixed: true } length)
        {
            foreach (var number in numbers.Where(n => n < -length.Length || n >= length.Length))
            {
                throw scope.Error(
                    $"indices holds {number}, and data has shape {data} with {length} places along axis {axis}."
                );
            }
        }
        return new([.. data.Dimensions[..axis], .. scope.Shape(1).Dimensions, .. data.Dimensions[(axis + 1)..]]);
    }

    private static KnownElements? KnowGather(OperationScope scope)
    {
        if (scope.Known(0) is not { IsScalar: false } data || scope.Known(1) is not { Numbers: { } places } indices)
        {
            return null;
        }
        var count = data.Elements.Length;
        return places.All(i => i >= -count && i < count)
            ? new([.. places.Select(i => data.Elements[(int)(i < 0 ? i + count : i)])], indices.IsScalar)
            : null;
    }

    private static Shape GatherElements(OperationScope scope)
    {
        var (data, indices) = (scope.Shape(0), scope.Shape(1));
        _ = scope.Axis("axis", 0, data.Rank);
        return indices.Rank == data.Rank
            ? indices
            : throw scope.Error(
                $"data has shape {data} and indices has shape {indices}. Give both as many dimensions."
            );
    }

    private static Shape GatherNd(OperationScope scope)
    {
        var (data, indices) = (scope.Shape(0), scope.Shape(1));
        var batch = scope.Operation.Int("batch_dims", 0);
        if (batch < 0 || batch >= indices.Rank || batch >= data.Rank)
        {
            throw scope.Error(
                $"batch_dims is {batch}, data has shape {data} and indices has shape {indices}. Make it "
                    + "less than both ranks."
            );
        }
        if (!indices[-1].IsFixed)
        {
            return Shape.Unknown;
        }
        var depth = batch + indices[-1].Length;
        return depth <= data.Rank
            ? new([.. indices.Dimensions.SkipLast(1), .. data.Dimensions[(int)depth..]])
            : throw scope.Error(
                $"indices has shape {indices}, so each names {indices[-1]} axes behind {batch}, and data "
                    + $"has shape {data}."
            );
    }

    private static void CheckReduction(OperationScope scope)
    {
        var reduction = scope.Operation.Text("reduction", "none");
        if (!Reductions.Contains(reduction))
        {
            throw scope.Error($"reduction is {reduction}. {NearestNames.Offer(reduction, Reductions)}");
        }
    }

    private static Shape ScatterElements(OperationScope scope)
    {
        CheckReduction(scope);
        var (data, indices) = (scope.Shape(0), GatherElements(scope));
        return indices.MayEqual(scope.Shape(2))
            ? data
            : throw scope.Error(
                $"indices has shape {indices} and updates has shape {scope.Shape(2)}. Give one update for each index."
            );
    }

    private static Shape ScatterNd(OperationScope scope)
    {
        CheckReduction(scope);
        var (data, indices, updates) = (scope.Shape(0), scope.Shape(1), scope.Shape(2));
        if (indices.Rank == 0 || (indices[-1].IsFixed && indices[-1].Length > data.Rank))
        {
            throw scope.Error($"indices has shape {indices}, and data has shape {data}: an index names too many axes.");
        }
        if (!indices[-1].IsFixed)
        {
            return data;
        }
        var wanted = new Shape([.. indices.Dimensions.SkipLast(1), .. data.Dimensions[(int)indices[-1].Length..]]);
        return updates.MayEqual(wanted)
            ? data
            : throw scope.Error(
                $"updates has shape {updates}, and must be {wanted}: indices has shape {indices} and data {data}."
            );
    }

    private static Shape TensorScatter(OperationScope scope)
    {
        var (cache, update) = (scope.Shape(0), scope.Shape(1));
        var axis = scope.Axis("axis", -2, cache.Rank);
        if (scope.Operation.Text("mode", "linear") is not ("linear" or "circular"))
        {
            throw scope.Error($"mode is {scope.Operation.Text("mode", "")}, and must be linear or circular.");
        }
        var fits =
            axis > 0
            && update.Rank == cache.Rank
            && Enumerable.Range(0, cache.Rank).All(d => d == axis || cache[d].MayEqual(update[d]));
        return fits
            ? cache
            : throw scope.Error(
                $"past_cache has shape {cache} and update has shape {update}. Make all lengths but those "
                    + $"of axis {axis} equal; "
                    + "the axis is not the first."
            );
    }
}
