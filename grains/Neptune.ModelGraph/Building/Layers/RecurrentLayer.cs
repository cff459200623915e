namespace Neptune.ModelGraph;

// T steps, N samples, I inputs, H units

/// <summary>An LSTM (<paramref name="HasCell"/>) or GRU, from the first step to the last.</summary>
internal sealed record RecurrentLayer(bool HasCell, int Units, bool ReturnSequences, string? LayerName)
    : Layer(LayerName)
{
    internal override string Stem => HasCell ? "lstm" : "gru";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("units", Units);
        var sequence_NTI = scope.Sequence(input);
        var (steps, features) = (sequence_NTI.SampleShape[0].Length, sequence_NTI.SampleShape[1].Length);
        var gates = HasCell ? 4L : 3L;
        var limit = 1 / MathF.Sqrt(Units);
        var steps_TNI = scope.Operation("Transpose", [input.Name], false, ("perm", new long[] { 1, 0, 2 }));
        string[] inputs =
        [
            steps_TNI.Name,
            scope.Parameter(
                "weight",
                Shape.Of(1, gates * Units, features),
                new Initializer.GlorotUniform(features, Units)
            ),
            scope.Parameter(
                "recurrent_weight",
                Shape.Of(1, gates * Units, Units),
                new Initializer.Uniform(-limit, limit)
            ),
            scope.Parameter("bias", Shape.Of(1, 2 * gates * Units), Initializer.Zeros),
        ];
        (string, AttributeValue) units = ("hidden_size", (long)Units);
        var outputs = HasCell
            ? scope.Several("recurrence", "LSTM", inputs, ReturnSequences ? 1 : 2, units)
            : scope.Several("recurrence", "GRU", inputs, ReturnSequences ? 1 : 2, units, ("linear_before_reset", 1L));
        if (!ReturnSequences)
        {
            // The last state (1, N, H).
            var last = scope.Then("last", "Transpose", [outputs[1].Name], false, ("perm", new long[] { 1, 0, 2 }));
            return scope.Then("features", "Reshape", [last.Name], false, ("shape", new long[] { 0, Units }));
        }
        // Of (T, 1, N, H).
        var states = scope.Then("states", "Transpose", [outputs[0].Name], false, ("perm", new long[] { 2, 0, 1, 3 }));
        return scope.Then("sequence", "Reshape", [states.Name], false, ("shape", new long[] { 0, steps, Units }));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(HasCell ? "LSTM" : "GRU")}({Units}{(ReturnSequences ? ", returnSequences: true" : "")})";
}
