namespace Neptune.ModelGraph.Operations;

/// <summary>Element types that an operator takes.</summary>
/// <param name="Words">What they are, as in "must be ...".</param>
/// <param name="Includes">True for each of them.</param>
internal sealed record ElementKind(string Words, Func<ElementType, bool> Includes)
{
    public static ElementKind Any { get; } = new("any type", _ => true);

    public static ElementKind Floating { get; } = new("a floating-point type", type => type.IsFloating());

    public static ElementKind Number { get; } = new("a type of numbers", type => type != ElementType.Boolean);

    public static ElementKind Whole { get; } = new("a type of whole numbers", type => type.IsInteger());

    public static ElementKind Truth { get; } = new("Boolean", type => type == ElementType.Boolean);

    public static ElementKind Byte { get; } =
        new("Int8 or UInt8", type => type is ElementType.Int8 or ElementType.UInt8);

    public static ElementKind Place { get; } =
        new("Int32 or Int64", type => type is ElementType.Int32 or ElementType.Int64);

    /// <summary>The element type of an input, which must be one of these.</summary>
    public ElementType Of(OperationScope scope, int input = 0)
    {
        var type = scope[input].Type;
        return Includes(type) ? type : throw scope.Error($"{scope.NameOf(input)} is {type}, and must be {Words}.");
    }

    /// <summary>The one element type of all inputs, which must be one of these.</summary>
    public ElementType OfAll(OperationScope scope)
    {
        _ = scope.CommonType();
        return Of(scope);
    }

    /// <summary>
    /// The element type of some inputs, which must be one of these and the same for all that are given.
    /// </summary>
    public ElementType OfBoth(OperationScope scope, params ReadOnlySpan<int> inputs)
    {
        var type = Of(scope, inputs[0]);
        foreach (var input in inputs[1..])
        {
            if (scope.Has(input) && scope[input].Type != type)
            {
                throw scope.Error(
                    $"{scope.NameOf(inputs[0])} is {type} and {scope.NameOf(input)} is {scope[input].Type}. "
                        + "Give both one type."
                );
            }
        }
        return type;
    }
}
