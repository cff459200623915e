using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>The same numbers as another element type, or within bounds.</summary>
internal sealed class Conversions : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("Cast", "input", Target, AsFirst, Text("to"), Int("saturate"), Text("round_mode"))
            {
                Knows = scope => Target(scope).IsInteger() && !scope[0].Type.IsFloating() ? scope.Known(0) : null,
            },
            new FunctionDefinition(
                "CastLike",
                "input target_type",
                scope => scope[1].Type,
                AsFirst,
                Int("saturate"),
                Text("round_mode")
            )
            {
                Knows = scope => scope[1].Type.IsInteger() && !scope[0].Type.IsFloating() ? scope.Known(0) : null,
            },
            new FunctionDefinition("Clip", "input min? max?", Number.OfAll, Clip, Float("min"), Float("max")),
        ];

    private static ElementType Target(OperationScope scope) =>
        scope.Operation.Attributes.ContainsKey("to")
            ? NamedType.Of(scope, "to", scope[0].Type)
            : throw scope.Error("to is missing. Give the element type, such as Float32.");

    private static Shape Clip(OperationScope scope)
    {
        for (var i = 1; i < scope.Count; i++)
        {
            // Some writers give a vector of one element.
            if (
                scope.Has(i)
                && scope.Shape(i) is var shape
                && !shape.MayEqual(Shape.Scalar)
                && !shape.MayEqual(Shape.Of(1))
            )
            {
                throw scope.Error($"{scope.NameOf(i)} has shape {shape}, and must be a scalar.");
            }
        }
        return scope.Shape(0);
    }
}
