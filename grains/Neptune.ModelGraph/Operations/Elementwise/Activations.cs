using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Activation functions.</summary>
internal sealed class Activations : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            Activation("Celu", Float("alpha")),
            Activation("Elu", Float("alpha")),
            new FunctionDefinition("Gelu", "X", Floating.OfAll, Gelu, Text("approximate")),
            new FunctionDefinition("Hardmax", "input", Floating.OfAll, AlongAxis(-1), Int("axis")),
            Activation("HardSigmoid", Float("alpha"), Float("beta")),
            Activation("HardSwish"),
            Activation("LeakyRelu", Float("alpha")),
            Activation("Mish"),
            new FunctionDefinition("PRelu", "X slope", Number.OfAll, scope => BroadcastToFirst(scope, 1)),
            new FunctionDefinition("Relu", "X", Number.OfAll, AsFirst),
            Activation("Selu", Float("alpha"), Float("gamma")),
            new FunctionDefinition("Shrink", "input", Number.OfAll, AsFirst, Float("bias"), Float("lambd")),
            Activation("Softplus"),
            Activation("Softsign"),
            Activation("Swish", Float("alpha")),
            Activation("ThresholdedRelu", Float("alpha")),
        ];

    private static FunctionDefinition Activation(string name, params AttributeDefinition[] attributes) =>
        new(name, "X", Floating.OfAll, AsFirst, [.. attributes]);

    private static Shape Gelu(OperationScope scope) =>
        scope.Operation.Text("approximate", "none") is "none" or "tanh"
            ? scope.Shape(0)
            : throw scope.Error($"approximate is {scope.Operation.Text("approximate", "")}, and must be none or tanh.");
}
