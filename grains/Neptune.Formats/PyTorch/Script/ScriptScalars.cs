using System.Collections.Frozen;

namespace Neptune.Formats;

/// <summary>The operators of TorchScript's code on plain values: sizes, comparisons, sums.</summary>
internal static class ScriptScalars
{
    /// <summary>The names of these operators.</summary>
    public static FrozenSet<string> Names { get; } =
        FrozenSet.Create(
            StringComparer.Ordinal,
            "torch.size",
            "torch.dim",
            "torch.len",
            "torch.__is__",
            "torch.__isnot__",
            "torch.__not__",
            "torch.__and__",
            "torch.__or__",
            "torch.format",
            "torch.warn",
            "ops.prim.NumToTensor",
            "ops.prim.unchecked_unwrap_optional",
            "int",
            "float",
            "bool",
            "torch.eq",
            "torch.ne",
            "torch.lt",
            "torch.le",
            "torch.gt",
            "torch.ge",
            "torch.sub",
            "torch.floordiv"
        );

    /// <summary>Computes a plain value; false where the operator is none of these or works on tensors.</summary>
    public static bool TryCompute(string name, ScriptCall call, out object? value)
    {
        var a = call.Get(0, "self");
        var b = call.Get(1, "other");
        value = null;
        switch (name)
        {
            case "torch.size" when a is ScriptTensor tensor:
                value = Size(call, tensor);
                return true;
            case "torch.dim" when a is ScriptTensor tensor:
                value = (long)call.Graph.TypeOf(tensor).Shape.Rank;
                return true;
            case "torch.len" when a is List<object?> list:
                value = (long)list.Count;
                return true;
            case "torch.__is__":
                value = a is null == b is null && (a is null || Equals(a, b));
                return true;
            case "torch.__isnot__":
                value = a is null != b is null || (a is not null && !Equals(a, b));
                return true;
            case "torch.__not__" when a is bool flag:
                value = !flag;
                return true;
            case "torch.__and__" when a is bool left && b is bool right:
                value = left && right;
                return true;
            case "torch.__or__" when a is bool left && b is bool right:
                value = left || right;
                return true;
            case "torch.format":
                value = a;
                return true;
            case "torch.warn":
                return true;
            case "ops.prim.NumToTensor" or "int" or "float" or "bool" or "ops.prim.unchecked_unwrap_optional":
                value = a;
                return a is not ScriptTensor;
            case "torch.eq" or "torch.ne" when a is string or bool && b is string or bool:
                value = Equals(a, b) == (name == "torch.eq");
                return true;
            default:
                return a is long or double && b is long or double && TryNumbers(name, a, b, out value);
        }
    }

    private static bool TryNumbers(string name, object a, object b, out object? value)
    {
        var (x, y) = (Convert.ToDouble(a), Convert.ToDouble(b));
        value = name switch
        {
            "torch.eq" => x == y,
            "torch.ne" => x != y,
            "torch.lt" => x < y,
            "torch.le" => x <= y,
            "torch.gt" => x > y,
            "torch.ge" => x >= y,
            "torch.add" when a is long left && b is long right => unchecked(left + right),
            "torch.sub" when a is long left && b is long right => unchecked(left - right),
            "torch.mul" when a is long left && b is long right => unchecked(left * right),
            "torch.floordiv" when a is long and >= 0 and var left && b is long and > 0 and var right => (object)(
                (long)left / (long)right
            ),
            _ => null,
        };
        return value is not null;
    }

    private static object? Size(ScriptCall call, ScriptTensor tensor)
    {
        var shape = call.Graph.TypeOf(tensor).Shape;
        return call.Has(1, "dim")
            ? Length(shape[call.Axis(call.Int(1, "dim", 0), shape.Rank)])
            : new List<object?>(shape.Dimensions.Select(Length));
    }

    private static object Length(ModelGraph.Dimension dimension) =>
        dimension.IsFixed ? dimension.Length : ScriptSymbol.BatchSize;
}
