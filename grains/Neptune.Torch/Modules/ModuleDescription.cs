using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Finds out what a module is to a graph: its tensors, the shape it gives, and which buffers run along in training.</summary>
public static class ModuleDescription
{
    private const int Rows = 2;

    /// <summary>The graph of a module alone. It is made once, and run twice on samples between 0 and 1.</summary>
    /// <param name="device">Where it runs; the caller is on its thread.</param>
    /// <param name="registered">The module.</param>
    /// <param name="settings">What its constructor is given.</param>
    /// <param name="sample">The shape of a sample, without the batch.</param>
    /// <exception cref="GraphException">
    /// It cannot be made or run, or not be trained; the message names the module, and what it did.
    /// </exception>
    public static Graph GraphOf(
        TorchDevice device,
        RegisteredModule registered,
        IReadOnlyDictionary<string, string> settings,
        Shape sample
    )
    {
        device.EnsureCurrent();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var convolutions = ConvolutionMode.Enter(device.IsCpu ? ConvolutionUse.Plain : ConvolutionUse.None);
        var builder = new GraphBuilder(registered.Module.Name); // checks the shape
        var input = builder.Input(sample);
        using var instance = ModuleInstance.Create(registered, settings, KeyedRandom.Key(0, "description"), device);
        CheckTypes(instance);
        var statistics = Changed(instance, device, sample, out var output);
        var later = ShapeOf(instance, Samples(device, sample, Rows + 1), training: false);
        if (later.Length == 0 || later[0] != Rows + 1 || !later.AsSpan(1).SequenceEqual(output.AsSpan(1)))
        {
            throw new GraphException(
                $"The user's module {registered.Module} gave {Words(output)} for {Rows} samples in training, and {Words(later)} for "
                    + $"{Rows + 1} in inference. Its output must have the samples first, and else one shape."
            );
        }
        var description = new ModuleOperation(
            registered.Module,
            settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. output.Skip(1)],
            [.. instance.Parameters.Concat(instance.Buffers).Select(pair => pair.Name)],
            statistics
        );
        return Build(instance, description, input.Name, sample);
    }

    private static Graph Build(ModuleInstance instance, ModuleOperation description, string input, Shape sample)
    {
        var name = description.Module.Name;
        var parameters = instance
            .Parameters.Select(pair => (pair.Name, pair.Tensor, Trainable: pair.Tensor.requires_grad))
            .Concat(instance.Buffers.Select(pair => (pair.Name, pair.Tensor, Trainable: false)))
            .Select(t => new Parameter
            {
                Name = $"{name}.{t.Name}",
                Shape = Shape.Of(t.Tensor.shape),
                Initializer = new Initializer.OfModule(),
                Trainable = t.Trainable,
            })
            .ToImmutableArray();
        var graph = new Graph
        {
            Name = name,
            Inputs = [new(input, ElementType.Float32, sample.Prepend(Dimension.Batch))],
            Outputs = [new(name, ElementType.Float32, Shape.Of([.. description.Output]).Prepend(Dimension.Batch))],
            Operations =
            [
                new()
                {
                    Name = name,
                    Type = ModuleOperation.Type,
                    Inputs = [input, .. parameters.Select(p => p.Name)],
                    Outputs = [name],
                    Attributes = description.ToAttributes(),
                },
            ],
            Parameters = parameters,
        };
        GraphValidation.Check(graph);
        return graph;
    }

    private static void CheckTypes(ModuleInstance instance)
    {
        if (instance.Parameters.FirstOrDefault(p => p.Tensor.dtype != torch.float32) is { Name: { } name } wrong)
        {
            throw new GraphException(
                $"The user's module {instance.Module} has the parameter {name} of type {wrong.Tensor.dtype}. Training keeps "
                    + "weights in Float32."
            );
        }
    }

    // The float32 buffers that a run in training changes.
    private static ImmutableArray<string> Changed(
        ModuleInstance instance,
        TorchDevice device,
        Shape sample,
        out long[] output
    )
    {
        var before = instance.Buffers.Select(pair => pair.Tensor.clone()).ToArray();
        output = ShapeOf(instance, Samples(device, sample, Rows), training: true);
        instance.RequireFixed();
        return
        [
            .. instance
                .Buffers.Where((pair, i) => !TensorMemory.HaveEqualBits(pair.Tensor, before[i]))
                .Select(pair => pair.Name),
        ];
    }

    private static long[] ShapeOf(ModuleInstance instance, torch.Tensor samples, bool training)
    {
        using var output = instance.Run(samples, training, KeyedRandom.Key(0, "description"));
        return output.dtype == torch.float32
            ? output.shape
            : throw new GraphException(
                $"The user's module {instance.Module} gives {output.dtype}. Convert its output to float32 in its forward."
            );
    }

    private static torch.Tensor Samples(TorchDevice device, Shape sample, int rows)
    {
        var samples = torch.empty([rows, .. sample.ToArray()]);
        var random = new KeyedRandom(KeyedRandom.Key(0, "samples"));
        foreach (ref var value in TensorMemory.Floats(samples))
        {
            value = (float)random.NextDouble();
        }
        return samples.to(device.Native);
    }

    private static string Words(long[] shape) => $"({string.Join(", ", shape)})";
}
