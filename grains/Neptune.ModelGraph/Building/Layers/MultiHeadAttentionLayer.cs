namespace Neptune.ModelGraph;

// N samples, T steps, F features, H heads, E a head's width

/// <summary>Every step sees all steps: softmax(Q K' / sqrt(E)) V for each head, then all heads mixed.</summary>
internal sealed record MultiHeadAttentionLayer(int Heads, int? HeadWidth, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "multi_head_attention";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("heads", Heads);
        var sequence_NTF = scope.Sequence(input);
        var (steps, features) = (sequence_NTF.SampleShape[0].Length, sequence_NTF.SampleShape[1].Length);
        if (HeadWidth is null && features % Heads != 0)
        {
            throw scope.Error(
                $"heads is {Heads}, which does not divide the {features} features of the input "
                    + $"{sequence_NTF.SampleShape}. "
                    + "Pick a divisor, or give headWidth."
            );
        }
        var width = HeadWidth ?? (features / Heads);
        scope.RequireCount("headWidth", width);
        var all = checked(width * Heads);
        var projected = Project(scope, sequence_NTF, null, features, all, "query");
        var query_NHTE = Split(scope, projected, steps, width, "query", 0, 2, 1, 3);
        projected = Project(scope, sequence_NTF, "key", features, all, "key");
        var key_NHET = Split(scope, projected, steps, width, "key", 0, 2, 3, 1);
        projected = Project(scope, sequence_NTF, "value", features, all, "value");
        var value_NHTE = Split(scope, projected, steps, width, "value", 0, 2, 1, 3);
        var scores = scope.Then("scores", "MatMul", [query_NHTE.Name, key_NHET.Name], false);
        var scale = scope.Constant("scale", TensorValue.Of(Shape.Scalar, [1 / MathF.Sqrt(width)]));
        var scaled = scope.Then("scaled_scores", "Mul", [scores.Name, scale], false);
        var shares = scope.Then("shares", "Softmax", [scaled.Name], false, ("axis", -1L));
        var seen = scope.Then("seen", "MatMul", [shares.Name, value_NHTE.Name], false);
        var heads = scope.Then("seen_heads", "Transpose", [seen.Name], false, ("perm", new long[] { 0, 2, 1, 3 }));
        var joined = scope.Then("joined", "Reshape", [heads.Name], false, ("shape", new long[] { 0, steps, all }));
        return Project(scope, joined, "output", all, features, "output");
    }

    private static GraphValue Project(
        LayerScope scope,
        GraphValue value,
        string? operation,
        long from,
        long to,
        string what
    )
    {
        string[] inputs =
        [
            value.Name,
            scope.Parameter($"{what}_weight", Shape.Of(from, to), new Initializer.GlorotUniform(from, to)),
        ];
        var product = operation is null
            ? scope.Operation("MatMul", inputs, channelsFirst: false)
            : scope.Then(operation, "MatMul", inputs, false);
        var bias = scope.Parameter($"{what}_bias", Shape.Of(to), Initializer.Zeros);
        return scope.Then($"{what}_sum", "Add", [product.Name, bias], false);
    }

    private GraphValue Split(
        LayerScope scope,
        GraphValue projected,
        long steps,
        long width,
        string what,
        params long[] order
    )
    {
        var heads = scope.Then(
            $"{what}_split",
            "Reshape",
            [projected.Name],
            false,
            ("shape", new[] { 0, steps, Heads, width })
        );
        return scope.Then($"{what}_heads", "Transpose", [heads.Name], false, ("perm", order));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        HeadWidth is null ? $"MultiHeadAttention({Heads})" : $"MultiHeadAttention({Heads}, {HeadWidth})";
}
