using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Follows random numbers as long as they decide nothing: dropout of rate 0 keeps all elements whatever was drawn.
/// </summary>
internal static class TensorFlowRandom
{
    /// <summary>The value of a step that reads random numbers, where it is known; else null.</summary>
    public static TensorFlowValue? TryFold(TensorFlowCall call)
    {
        if (call.Inputs is [TensorFlowValue.Uniform { Low: var low, High: var high, Type: var type }])
        {
            // All lie in one unit: then all are rounded down to the same number.
            return call.Op == "Floor" && Math.Floor(low) >= high - 1 ? Constant(call, type, Math.Floor(low))
                : call.Op is "Identity" or "StopGradient" ? call[0]
                : null;
        }
        if (call.Inputs.Length != 2)
        {
            return null;
        }
        var (isFirst, other) = call[0] is TensorFlowValue.Uniform ? (true, call.Number(1)) : (false, call.Number(0));
        if (other is not { } number || call[isFirst ? 0 : 1] is not TensorFlowValue.Uniform x)
        {
            return null;
        }
        return (call.Op, isFirst) switch
        {
            ("Add" or "AddV2", _) => new TensorFlowValue.Uniform(x.Low + number, x.High + number, x.Type),
            ("Sub", true) => new TensorFlowValue.Uniform(x.Low - number, x.High - number, x.Type),
            ("Mul", _) when number > 0 => new TensorFlowValue.Uniform(x.Low * number, x.High * number, x.Type),
            ("GreaterEqual", true) when x.Low >= number => Constant(call, ElementType.Boolean, 1),
            ("GreaterEqual", true) when x.High <= number => Constant(call, ElementType.Boolean, 0),
            ("Less", true) when x.High <= number => Constant(call, ElementType.Boolean, 1),
            ("Less", true) when x.Low >= number => Constant(call, ElementType.Boolean, 0),
            _ => null,
        };
    }

    // One element broadcasts to what the random tensor's shape was.
    private static TensorFlowValue.Constant Constant(TensorFlowCall call, ElementType type, double value) =>
        new(
            type == ElementType.Boolean
                ? TensorFlowNumbers.MakeWhole(type, Shape.Scalar, _ => (long)value)
                : TensorFlowNumbers.Make(type, Shape.Scalar, _ => value),
            call.Name
        );
}
