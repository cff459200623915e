using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>What came of exporting a model of the standard's tests, and running it in ONNX Runtime.</summary>
/// <param name="Name">The test's name.</param>
/// <param name="Types">The operators of the graph.</param>
/// <param name="Refusal">Why it was not exported, or not run; null where it was.</param>
/// <param name="Difference">How the outputs differ from Neptune's; null where they are alike.</param>
internal sealed record BackendExport(string Name, string[] Types, string? Refusal, string? Difference)
{
    // What ONNX Runtime says of valid models that it does not run: types that it has no kernel for, and batches in front.
    private static readonly string[] Gaps = ["NotImplemented", "layout_ == 0"];

    private static readonly Dictionary<ElementType, TensorElementType> Elements = new()
    {
        [ElementType.Float32] = TensorElementType.Float,
        [ElementType.Float64] = TensorElementType.Double,
        [ElementType.Float16] = TensorElementType.Float16,
        [ElementType.BFloat16] = TensorElementType.BFloat16,
        [ElementType.Int8] = TensorElementType.Int8,
        [ElementType.Int16] = TensorElementType.Int16,
        [ElementType.Int32] = TensorElementType.Int32,
        [ElementType.Int64] = TensorElementType.Int64,
        [ElementType.UInt8] = TensorElementType.UInt8,
        [ElementType.Boolean] = TensorElementType.Bool,
    };

    /// <summary>Exports and runs a model.</summary>
    public static BackendExport Of(
        string name,
        TorchDevice device,
        ImportedModel model,
        IEnumerable<List<TensorValue>> sets
    )
    {
        var types = model.Graph.Operations.Select(o => o.Type).Distinct().ToArray();
        try
        {
            using var file = new MemoryStream();
            OnnxExporter.Export(model.Graph, model.Weights, file);
            using var session = new InferenceSession(file.ToArray());
            var package = new InferencePackage
            {
                Graph = new() { Graph = model.Graph },
                Weights = model.Weights,
                Lineage = new(),
            };
            using var runner = new InferenceRunner(device, package);
            foreach (var inputs in sets)
            {
                if (Run(session, runner, model.Graph, inputs) is { } difference)
                {
                    return new(name, types, null, difference);
                }
            }
            return new(name, types, null, null);
        }
        catch (GraphException refusal)
        {
            return new(name, types, refusal.Message, null);
        }
        catch (OnnxRuntimeException error)
        {
            return Gaps.Any(gap => error.Message.Contains(gap, StringComparison.Ordinal))
                ? new(name, types, error.Message, null)
                : new(name, types, null, error.Message);
        }
    }

    private static string? Run(InferenceSession session, InferenceRunner runner, Graph graph, List<TensorValue> inputs)
    {
        var expected = runner.Run(graph.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => pair.Second));
        var given = inputs.Select(Value).ToArray();
        try
        {
            using var options = new RunOptions();
            string[] names = [.. graph.Inputs.Take(given.Length).Select(i => i.Name)];
            using var outputs = session.Run(options, names, given, session.OutputNames);
            for (var i = 0; i < expected.Length; i++)
            {
                if (DifferenceOf(expected[i], outputs[i]) is { } difference)
                {
                    return $"{session.OutputNames[i]}: {difference}";
                }
            }
            return null;
        }
        finally
        {
            Array.ForEach(given, value => value.Dispose());
        }
    }

    private static OrtValue Value(TensorValue value)
    {
        var result = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance,
            Elements[value.Type],
            value.Shape.ToArray()
        );
        value.Bytes.Span.CopyTo(result.GetTensorMutableRawData());
        return result;
    }

    // Relative to the largest element, as single precision and the order of sums leave it.
    private static string? DifferenceOf(TensorValue expected, OrtValue found)
    {
        var info = found.GetTensorTypeAndShape();
        if (info.ElementDataType != Elements[expected.Type] || !info.Shape.SequenceEqual(expected.Shape.ToArray()))
        {
            return $"is {info.ElementDataType} ({string.Join(", ", info.Shape)}), and must be {expected.Type} {expected.Shape}";
        }
        var wanted = TensorDifference.Numbers(expected);
        var given = TensorDifference.Numbers(
            new(expected.Type, expected.Shape, found.GetTensorMutableRawData().ToArray())
        );
        var tolerance = expected.Type switch
        {
            ElementType.Float32 or ElementType.Float64 => 1e-5,
            ElementType.Float16 => 2e-3,
            ElementType.BFloat16 => 2e-2,
            _ => 0,
        };
        var scale = wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < wanted.Length; i++)
        {
            if (!wanted[i].Equals(given[i]) && !(Math.Abs(wanted[i] - given[i]) <= tolerance * scale))
            {
                return $"element {i} is {given[i]}, and must be {wanted[i]} (scale {scale})";
            }
        }
        return null;
    }
}
