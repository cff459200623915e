using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Functions of the elements of several tensors that give or take truth values.</summary>
internal sealed class Comparisons : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("And", "A B", Truth.OfAll, Broadcast),
            new FunctionDefinition("Or", "A B", Truth.OfAll, Broadcast),
            new FunctionDefinition("Xor", "A B", Truth.OfAll, Broadcast),
            new FunctionDefinition("Equal", "A B", Compared(Any), Broadcast) { Knows = KnownArithmetic.Equal },
            new FunctionDefinition("Greater", "A B", Compared(Number), Broadcast),
            new FunctionDefinition("GreaterOrEqual", "A B", Compared(Number), Broadcast),
            new FunctionDefinition("Less", "A B", Compared(Number), Broadcast),
            new FunctionDefinition("LessOrEqual", "A B", Compared(Number), Broadcast),
            new FunctionDefinition("Where", "condition X Y", Picked, Broadcast) { Knows = KnownArithmetic.Where },
        ];

    private static Func<OperationScope, ElementType> Compared(ElementKind kind) =>
        scope =>
        {
            _ = kind.OfAll(scope);
            return ElementType.Boolean;
        };

    private static ElementType Picked(OperationScope scope)
    {
        _ = Truth.Of(scope);
        return Any.OfBoth(scope, 1, 2);
    }
}
