using System.Collections.Frozen;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What TorchScript's operators are in a graph.</summary>
internal static class ScriptOperators
{
    private static readonly FrozenDictionary<string, Func<ScriptCall, object?>> Table = new Dictionary<
        string,
        Func<ScriptCall, object?>
    >
    {
        ["torch._convolution"] = ScriptWindows.Convolution,
        ["torch.conv2d"] = ScriptWindows.Conv2d,
        ["torch.max_pool2d"] = ScriptWindows.MaxPool,
        ["torch.avg_pool2d"] = ScriptWindows.AveragePool,
        ["torch.adaptive_avg_pool2d"] = ScriptWindows.AdaptiveAveragePool,
        ["torch.mean"] = ScriptWindows.Mean,
        ["torch.linear"] = Linear,
        ["torch.addmm"] = AddMatrixProduct,
        ["torch.matmul"] = MatrixProduct,
        ["torch.mm"] = MatrixProduct,
        ["torch.t"] = Transposed,
        ["torch.numpy_T"] = Transposed,
        ["torch.batch_norm"] = BatchNorm,
        ["torch.relu"] = call => Elementwise(call, "Relu"),
        ["torch.sigmoid"] = call => Elementwise(call, "Sigmoid"),
        ["torch.tanh"] = call => Elementwise(call, "Tanh"),
        ["torch.softmax"] = call => Softmax(call, "Softmax"),
        ["torch.log_softmax"] = call => Softmax(call, "LogSoftmax"),
        ["torch.dropout"] = Dropout,
        ["torch.add"] = call => Combine(call, "Add"),
        ["torch.mul"] = call => Combine(call, "Mul"),
        ["torch.flatten"] = ScriptLayouts.Flatten,
        ["torch.view"] = ScriptLayouts.View,
        ["torch.reshape"] = ScriptLayouts.View,
        ["torch.permute"] = ScriptLayouts.Permute,
        ["torch.transpose"] = ScriptLayouts.Transpose,
        ["torch.contiguous"] = ScriptLayouts.Same,
        ["torch.detach"] = ScriptLayouts.Same,
        ["torch.alias"] = ScriptLayouts.Same,
        ["torch.clone"] = call => call.Append("Identity", [call.Tensor(0, "input").Name]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the operator does, or null where it is not known.</summary>
    /// <param name="name">Its name, such as <c>torch.relu</c>; one that ends in _ works in place.</param>
    public static Func<ScriptCall, object?>? Find(string name)
    {
        if (Table.TryGetValue(name, out var found))
        {
            return found;
        }
        return
            name.EndsWith('_')
            && !name.EndsWith("__", StringComparison.Ordinal)
            && Table.TryGetValue(name[..^1], out var plain)
            ? call => InPlace(call, plain)
            : null;
    }

    // All who hold the value see what it became. One that another shows as a view would change too, which a graph cannot say.
    private static object? InPlace(ScriptCall call, Func<ScriptCall, object?> plain)
    {
        var target = call.Tensor(0, "input");
        if (target.IsShared)
        {
            throw ScriptCall.Unsupported("changes a value in place that another one is a view of");
        }
        if (plain(call) is ScriptTensor result && !ReferenceEquals(result, target))
        {
            (target.Name, target.Type) = (result.Name, result.Type);
        }
        return target;
    }

    private static ScriptTensor Elementwise(ScriptCall call, string type) =>
        call.Append(type, [call.Tensor(0, "input").Name]);

    private static ScriptTensor Softmax(ScriptCall call, string type)
    {
        var input = call.Tensor(0, "input");
        if (call.Get(2, "dtype") is not (null or FloatCode))
        {
            throw ScriptCall.Unsupported("gives another element type");
        }
        var axis = call.Axis(call.Int(1, "dim", -1), call.Graph.TypeOf(input).Shape.Rank);
        return call.Append(type, [input.Name], ("axis", (long)axis));
    }

    // PyTorch's number for float32.
    private const long FloatCode = 6;

    private static ScriptTensor Dropout(ScriptCall call)
    {
        var rate = call.Number(1, "p", 0.5);
        return rate is >= 0 and < 1
            ? call.Append("Dropout", [call.Tensor(0, "input").Name], ("ratio", (float)rate))
            : throw ScriptCall.Unsupported($"has a rate of {rate}");
    }

    private static ScriptTensor Linear(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        var weight = call.RequiredParameter(1, "weight");
        if (weight.Tensor.Lengths.Length != 2 || weight.Transposed)
        {
            throw ScriptCall.Unsupported("has a weight that is no matrix (outputs, inputs)");
        }
        if (input.Type is null)
        {
            call.Graph.Settle(input, new(ElementType.Float32, Shape.OfBatch(weight.Tensor.Lengths[1])));
        }
        call.ShapeOfRank(input, 2);
        var bias = call.Parameter(2, "bias");
        return call.Append("Gemm", Operands(call, input, weight, bias), ("transB", 1L));
    }

    private static ScriptTensor AddMatrixProduct(ScriptCall call)
    {
        var bias = call.RequiredParameter(0, "input");
        var input = call.Tensor(1, "mat1");
        var weight = call.RequiredParameter(2, "mat2");
        call.ShapeOfRank(input, 2);
        return call.Append(
            "Gemm",
            Operands(call, input, weight, bias),
            ("alpha", (float)call.Number(4, "alpha", 1)),
            ("beta", (float)call.Number(3, "beta", 1)),
            ("transB", weight.Transposed ? 1L : 0L)
        );
    }

    private static ScriptTensor MatrixProduct(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        if (call.Get(1, "other") is ScriptTensor other)
        {
            return call.Append("MatMul", [input.Name, other.Name]);
        }
        var weight = call.RequiredParameter(1, "other");
        call.ShapeOfRank(input, 2);
        return call.Append("Gemm", Operands(call, input, weight, null), ("transB", weight.Transposed ? 1L : 0L));
    }

    private static IEnumerable<string> Operands(
        ScriptCall call,
        ScriptTensor input,
        ScriptParameter weight,
        ScriptParameter? bias
    )
    {
        var lengths = weight.Tensor.Lengths;
        if (lengths.Length != 2)
        {
            throw ScriptCall.Unsupported("has a weight that is no matrix");
        }
        var name = call.Graph.Declare(weight, new Initializer.GlorotUniform(lengths[0], lengths[1]));
        return bias is null ? [input.Name, name] : [input.Name, name, call.Graph.Declare(bias, Initializer.Zeros)];
    }

    private static object Transposed(ScriptCall call) =>
        call.Get(0, "input") is ScriptParameter { Tensor.Lengths.Length: 2 } matrix
            ? matrix with
            {
                Transposed = !matrix.Transposed,
            }
            : throw ScriptCall.Unsupported("transposes something other than a matrix of weights");

    private static ScriptTensor BatchNorm(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        string[] operands =
        [
            input.Name,
            call.Graph.Declare(call.RequiredParameter(1, "weight"), Initializer.Ones),
            call.Graph.Declare(call.RequiredParameter(2, "bias"), Initializer.Zeros),
            call.Graph.Declare(call.RequiredParameter(3, "running_mean"), Initializer.Zeros),
            call.Graph.Declare(call.RequiredParameter(4, "running_var"), Initializer.Ones),
        ];
        // PyTorch's momentum is the share of what is new, and ONNX's of what stays.
        var fresh = call.Get(6, "momentum") is null ? 0.1 : call.Number(6, "momentum", 0.1);
        return call.Append(
            "BatchNormalization",
            operands,
            ("epsilon", (float)call.Number(7, "eps", 1e-5)),
            ("momentum", (float)(1 - fresh))
        );
    }

    private static ScriptTensor Combine(ScriptCall call, string type)
    {
        if (call.Number(2, "alpha", 1) != 1)
        {
            throw ScriptCall.Unsupported("multiplies the second value by alpha");
        }
        return call.Append(type, [Operand(call, 0, "input"), Operand(call, 1, "other")]);
    }

    private static string Operand(ScriptCall call, int place, string name) =>
        call.Get(place, name) switch
        {
            ScriptTensor tensor => tensor.Name,
            ScriptParameter { Transposed: false } parameter => call.Graph.Declare(parameter, Initializer.Zeros),
            _ => throw ScriptCall.Unsupported("combines a value with a number"),
        };
}
