using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

// T steps, N samples, I inputs, H units (hidden_size), D directions (1 or 2), G gates

/// <summary>
/// Recurrent layers as ONNX has them: X (T, N, I), W (D, G H, I), R (D, G H, H), B (D, 2 G H), sequence_lens (N),
/// initial_h (D, N, H); gives Y (T, D, N, H) and the last states (D, N, H). With <c>layout</c> 1 the samples come
/// first.
/// </summary>
internal sealed class RecurrentOperators : IOperationFamily
{
    private static readonly ImmutableArray<string> States = ["X", "W", "R", "B", "sequence_lens", "initial_h"];

    public IEnumerable<IOperationDefinition> Members =>
        [
            new Definition("RNN", 1, States, []),
            new Definition("GRU", 3, States, [AttributeDefinition.Int("linear_before_reset")]),
            new Definition("LSTM", 4, [.. States, "initial_c", "P"], [AttributeDefinition.Int("input_forget")]),
        ];

    private sealed class Definition(
        string type,
        int gates,
        ImmutableArray<string> inputs,
        ImmutableArray<AttributeDefinition> attributes
    ) : IOperationDefinition
    {
        private static readonly string[] Directions = ["bidirectional", "forward", "reverse"];

        public string Type => type;

        public ImmutableArray<string> Inputs => inputs;

        public int RequiredInputs => 3;

        public int MostOutputs => gates == 4 ? 3 : 2;

        public ImmutableArray<AttributeDefinition> Attributes =>
            [
                .. attributes,
                AttributeDefinition.Floats("activation_alpha"),
                AttributeDefinition.Floats("activation_beta"),
                AttributeDefinition.Texts("activations"),
                AttributeDefinition.Float("clip"),
                AttributeDefinition.Text("direction"),
                AttributeDefinition.Int("hidden_size"),
                AttributeDefinition.Int("layout"),
            ];

        public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

        public ImmutableArray<TensorType> InferAll(OperationScope scope)
        {
            var type = TypeOf(scope);
            var direction = scope.Operation.Text("direction", "forward");
            if (!Directions.Contains(direction))
            {
                throw scope.Error($"direction is {direction}. {NearestNames.Offer(direction, Directions)}");
            }
            var d = direction == "bidirectional" ? 2L : 1L;
            var samplesFirst = scope.Flag("layout");
            var x = scope.ShapeOfRank(0, 3, samplesFirst ? "(N, T, I)" : "(T, N, I)");
            var (t, n) = samplesFirst ? (x[1], x[0]) : (x[0], x[1]);
            var r = scope.ShapeOfRank(2, 3, $"(D, {gates} H, H)");
            var h = scope.Operation.Attributes.ContainsKey("hidden_size")
                ? Dimension.Fixed(Math.Max(1, scope.Operation.Int("hidden_size", 1)))
                : r[2];
            var all = Times(h, gates);
            Check(scope, 1, new(d, all, x[2]));
            Check(scope, 2, new(d, all, h));
            Check(scope, 3, new(d, Times(h, 2L * gates)));
            Check(scope, 4, new(n));
            var state = samplesFirst ? new Shape(n, d, h) : new Shape(d, n, h);
            Check(scope, 5, state);
            Check(scope, 6, state);
            Check(scope, 7, new(d, Times(h, 3)));
            _ = gates == 3 && scope.Flag("linear_before_reset");
            _ = gates == 4 && scope.Flag("input_forget");
            return
            [
                new(type, samplesFirst ? new(n, t, d, h) : new(t, d, n, h)),
                new(type, state),
                .. gates == 4 ? [new TensorType(type, state)] : ImmutableArray<TensorType>.Empty,
            ];
        }

        public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
            [.. Enumerable.Repeat(TypeOf(scope), scope.Operation.Outputs.Length)];

        private static ElementType TypeOf(OperationScope scope)
        {
            var type = scope[0].Type;
            if (!type.IsFloating())
            {
                throw scope.Error($"X is {type}, and must be a floating-point type.");
            }
            for (var i = 1; i < scope.Count; i++)
            {
                var isRight = !scope.Has(i) || (i == 4 ? scope[i].Type.IsInteger() : scope[i].Type == type);
                if (!isRight)
                {
                    throw scope.Error(
                        $"{scope.NameOf(i)} is {scope[i].Type}, and must be {(i == 4 ? "Int32" : $"{type}, as X is")}."
                    );
                }
            }
            return type;
        }

        private static Dimension Times(Dimension dimension, long factor) =>
            dimension.IsFixed ? checked(dimension.Length * factor) : Dimension.Unknown;

        private static void Check(OperationScope scope, int input, Shape wanted)
        {
            if (scope.Has(input) && !scope.Shape(input).MayEqual(wanted))
            {
                throw scope.Error(
                    $"{scope.NameOf(input)} has shape {scope.Shape(input)}, and must be {wanted}: X has shape "
                        + $"{scope.Shape(0)}."
                );
            }
        }
    }
}
