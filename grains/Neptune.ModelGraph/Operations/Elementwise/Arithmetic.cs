using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Functions of the elements of several tensors that broadcast as in NumPy, and give what they take.</summary>
internal sealed class Arithmetic : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            Pairs("Add", (a, b) => a + b, neutral: 0, commutes: true),
            Pairs("Sub", (a, b) => a - b, neutral: 0),
            Pairs("Mul", (a, b) => a * b, neutral: 1, commutes: true),
            Pairs("Div", (a, b) => b == 0 ? null : a / b, neutral: 1),
            new FunctionDefinition("Mod", "A B", Number.OfAll, Mod, Int("fmod"))
            {
                Knows = scope =>
                    scope.Operation.Int("fmod", 0) == 0
                        ? KnownArithmetic.Of(scope, (a, b) => b == 0 ? null : ((a % b) + b) % b, null, false)
                        : null,
            },
            new FunctionDefinition("Pow", "X Y", Pow, Broadcast),
            Many("Max", Number, Int128.Max),
            Many("Min", Number, Int128.Min),
            Many("Mean", Floating),
            Many("Sum", Floating),
            new FunctionDefinition("BitShift", "X Y", Whole.OfAll, Shift, Text("direction")),
            new FunctionDefinition("BitwiseAnd", "A B", Whole.OfAll, Broadcast),
            new FunctionDefinition("BitwiseOr", "A B", Whole.OfAll, Broadcast),
            new FunctionDefinition("BitwiseXor", "A B", Whole.OfAll, Broadcast),
        ];

    private static FunctionDefinition Pairs(
        string name,
        Func<Int128, Int128, Int128?> numbers,
        long neutral,
        bool commutes = false
    ) =>
        new(name, "A B", Number.OfAll, Broadcast)
        {
            Knows = scope => KnownArithmetic.Of(scope, numbers, neutral, commutes),
        };

    private static FunctionDefinition Many(
        string name,
        ElementKind kind,
        Func<Int128, Int128, Int128>? numbers = null
    ) =>
        new(name, "data_0...", kind.OfAll, Broadcast)
        {
            Knows = scope =>
                numbers is null || scope.Count != 2
                    ? null
                    : KnownArithmetic.Of(scope, (a, b) => numbers(a, b), null, true),
        };

    private static ElementType Pow(OperationScope scope)
    {
        _ = Number.Of(scope, 1);
        return Number.Of(scope);
    }

    private static Shape Mod(OperationScope scope) =>
        scope.Flag("fmod") || !scope[0].Type.IsFloating()
            ? Broadcast(scope)
            : throw scope.Error($"A and B are {scope[0].Type}, whose remainder is that of C. Set fmod to 1.");

    private static Shape Shift(OperationScope scope) =>
        scope.Operation.Text("direction", "") is "LEFT" or "RIGHT"
            ? Broadcast(scope)
            : throw scope.Error(
                $"direction is {scope.Operation.Text("direction", "not given")}, and must be LEFT or RIGHT."
            );
}
