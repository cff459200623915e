using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Turns pairs of elements by angles that grow with the position: X (N, H, S, E), or (N, S, H E) with <c>num_heads</c>;
/// cosines and sines (positions, E / 2) with position_ids (N, S), or (N, S, E / 2) without.
/// </summary>
internal sealed class RotaryEmbedding : IOperationDefinition
{
    public string Type => "RotaryEmbedding";

    public ImmutableArray<string> Inputs => ["X", "cos_cache", "sin_cache", "position_ids"];

    public int RequiredInputs => 3;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Int("interleaved"),
            AttributeDefinition.Int("num_heads"),
            AttributeDefinition.Int("rotary_embedding_dim"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope[0].Type;
        if (!type.IsFloating() || scope[1].Type != type || scope[2].Type != type)
        {
            throw scope.Error(
                $"X is {type}, cos_cache {scope[1].Type} and sin_cache {scope[2].Type}. Give one floating-point type."
            );
        }
        _ = scope.Flag("interleaved");
        var x = scope.Shape(0);
        if (x.Rank is not (3 or 4))
        {
            throw scope.Error(
                $"X has shape {x}, and must be (N, heads, length, width) or (N, length, heads times width)."
            );
        }
        var heads = scope.Operation.Int("num_heads", 0);
        if (x.Rank == 3 && (heads < 1 || (x[2].IsFixed && x[2].Length % heads != 0)))
        {
            throw scope.Error($"num_heads is {heads}, and must divide the last length of X, which has shape {x}.");
        }
        var rank = scope.Has(3) ? 2 : 3;
        if (scope.Shape(1).Rank != rank || !scope.Shape(1).MayEqual(scope.Shape(2)))
        {
            throw scope.Error(
                $"cos_cache has shape {scope.Shape(1)} and sin_cache {scope.Shape(2)}. Both must be "
                    + (rank == 2 ? "(positions, width / 2)." : "(N, length, width / 2): there are no position_ids.")
            );
        }
        return new(type, x);
    }
}
