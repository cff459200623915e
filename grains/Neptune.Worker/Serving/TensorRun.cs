using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Runs a package once on tensors by name.</summary>
internal static class TensorRun
{
    /// <summary>On the device's thread.</summary>
    /// <exception cref="ArgumentException">An input is missing, unknown or does not fit.</exception>
    public static ImmutableArray<NamedTensor> Run(
        TorchDevice device,
        InferencePackage package,
        ImmutableArray<NamedTensor> inputs
    )
    {
        var given = new Dictionary<string, TensorValue>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            if (!given.TryAdd(input.Name, ToValue(input)))
            {
                throw new ArgumentException($"Input {input.Name} is given twice.", nameof(inputs));
            }
        }
        using var runner = new InferenceRunner(device, package);
        var outputs = runner.Run(given);
        return
        [
            .. package.Graph.Graph.Outputs.Zip(
                outputs,
                (output, value) =>
                    new NamedTensor
                    {
                        Name = output.Name,
                        Type = value.Type.ToString(),
                        Shape = [.. value.Shape.ToArray()],
                        Bytes = value.Bytes,
                    }
            ),
        ];
    }

    private static TensorValue ToValue(NamedTensor tensor)
    {
        if (!Enum.TryParse<ElementType>(tensor.Type, out var type) || !Enum.IsDefined(type))
        {
            throw new ArgumentException(
                $"Input {tensor.Name} is of type {tensor.Type}. {NearestNames.Offer(tensor.Type, Enum.GetNames<ElementType>())}"
            );
        }
        if (tensor.Shape.Any(length => length < 0))
        {
            throw new ArgumentException($"Input {tensor.Name} has a negative length.");
        }
        var bytes = type.SizeBytes(tensor.Shape);
        return bytes == tensor.Bytes.Length
            ? new(type, Shape.Of(tensor.Shape.AsSpan()), tensor.Bytes)
            : throw new ArgumentException(
                $"Input {tensor.Name} has {tensor.Bytes.Length} bytes, and ({string.Join(", ", tensor.Shape)}) of {type} "
                    + $"takes {bytes}."
            );
    }
}
