using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Functions of one element.</summary>
internal sealed class Functions : IOperationFamily
{
    private static readonly string[] OfReals =
    [
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "Ceil",
        "Cos",
        "Cosh",
        "Erf",
        "Exp",
        "Floor",
        "Log",
        "Reciprocal",
        "Round",
        "Sin",
        "Sinh",
        "Sqrt",
        "Tan",
    ];

    public IEnumerable<IOperationDefinition> Members =>
        [
            .. OfReals.Select(name => Function(name, Floating)),
            Function("Abs", Number),
            Function("Neg", Number),
            Function("Sign", Number),
            Function("Not", Truth),
            Function("BitwiseNot", Whole),
            Test("IsNaN"),
            Test("IsInf", AttributeDefinition.Int("detect_negative"), AttributeDefinition.Int("detect_positive")),
        ];

    private static FunctionDefinition Function(string name, ElementKind kind) => new(name, "X", kind.OfAll, AsFirst);

    private static FunctionDefinition Test(string name, params AttributeDefinition[] attributes) =>
        new(
            name,
            "X",
            scope =>
            {
                _ = Floating.Of(scope);
                return ElementType.Boolean;
            },
            AsFirst,
            [.. attributes]
        );
}
