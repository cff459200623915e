using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

// N samples, S queries, T keys (those of the past before them), H heads of the queries, G heads of keys and values, E a
// head's width

/// <summary>
/// softmax(scale Q K' + mask) V for each head: Q (N, H, S, E), K and V (N, G, T, E), or each as (N, S, H E). Further
/// outputs are keys and values with those of the past, and the scores.
/// </summary>
internal sealed class Attention : IOperationDefinition
{
    public string Type => "Attention";

    public ImmutableArray<string> Inputs => ["Q", "K", "V", "attn_mask", "past_key", "past_value", "nonpad_kv_seqlen"];

    public int RequiredInputs => 3;

    public int MostOutputs => 4;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Int("is_causal"),
            AttributeDefinition.Int("kv_num_heads"),
            AttributeDefinition.Int("q_num_heads"),
            AttributeDefinition.Int("qk_matmul_output_mode"),
            AttributeDefinition.Float("scale"),
            AttributeDefinition.Float("softcap"),
            AttributeDefinition.Int("softmax_precision"),
        ];

    public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        var type = scope[0].Type;
        if (!type.IsFloating() || scope[1].Type != type || scope[2].Type != type)
        {
            throw scope.Error(
                $"Q is {type}, K is {scope[1].Type} and V is {scope[2].Type}. Give all three one floating-point type."
            );
        }
        _ = scope.Flag("is_causal");
        if (scope.Operation.Int("qk_matmul_output_mode", 0) is not (>= 0 and <= 3) and var mode)
        {
            throw scope.Error($"qk_matmul_output_mode is {mode}, and must be from 0 to 3.");
        }
        var (q, k, v) = (scope.Shape(0), scope.Shape(1), scope.Shape(2));
        if (q.Rank is not (3 or 4) || k.Rank != q.Rank || v.Rank != q.Rank)
        {
            throw scope.Error($"Q has shape {q}, K {k} and V {v}. All must have 4 dimensions, or all 3.");
        }
        var (queries, keys, values) = (
            Heads(scope, 0, "q_num_heads"),
            Heads(scope, 1, "kv_num_heads"),
            Heads(scope, 2, "kv_num_heads")
        );
        if (!queries[3].MayEqual(keys[3]) || !keys[2].MayEqual(values[2]) || !keys[1].MayEqual(values[1]))
        {
            throw scope.Error(
                $"Q has shape {q}, K {k} and V {v}. Heads of Q and K must be of one width, and K and V of one length."
            );
        }
        if (queries[1].IsFixed && keys[1].IsFixed && (keys[1].Length == 0 || queries[1].Length % keys[1].Length != 0))
        {
            throw scope.Error($"Q has {queries[1]} heads, and K has {keys[1]}, which must divide that.");
        }
        var past = scope.Has(4) ? scope.Shape(4)[2] : 0;
        var total =
            past.IsFixed && keys[2].IsFixed ? checked(past.Length + keys[2].Length)
            : past is { IsFixed: true, Length: 0 } ? keys[2]
            : Dimension.Unknown;
        var width = values[3];
        var y =
            q.Rank == 4 ? new Shape(q[0], q[1], q[2], width)
            : width.IsFixed && queries[1].IsFixed ? new(q[0], q[1], checked(width.Length * queries[1].Length))
            : new(q[0], q[1], Dimension.Unknown);
        return
        [
            new(type, y),
            new(type, new(keys[0], keys[1], total, keys[3])),
            new(type, new(values[0], values[1], total, width)),
            new(type, new(queries[0], queries[1], queries[2], total)),
        ];
    }

    // As (N, heads, length, width).
    private static Shape Heads(OperationScope scope, int input, string attribute)
    {
        var shape = scope.Shape(input);
        if (shape.Rank == 4)
        {
            return shape;
        }
        var heads = scope.Operation.Int(attribute, 0);
        if (heads < 1 || (shape[2].IsFixed && shape[2].Length % heads != 0))
        {
            throw scope.Error(
                $"{attribute} is {heads}, and must divide the last length of {scope.NameOf(input)}, which has shape "
                    + $"{shape}."
            );
        }
        return new(shape[0], heads, shape[1], shape[2].IsFixed ? shape[2].Length / heads : Dimension.Unknown);
    }
}
