using Neptune.Formats;
using Neptune.ModelGraph;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Neptune.Benchmarks;

/// <summary>A model of which TorchScript, weights and the same modules in TorchSharp are there.</summary>
/// <param name="Name">The folder of the shared PyTorch models, and the files' name.</param>
/// <param name="Sample">A sample's lengths.</param>
/// <param name="Module">The modules, with names as in the weights' file.</param>
internal sealed record ForwardModel(string Name, long[] Sample, Func<Module<Tensor, Tensor>> Module)
{
    /// <summary>LeNet, a residual net and an MLP with batch normalizations.</summary>
    public static IReadOnlyList<ForwardModel> All { get; } =
    [
        new("lenet", [1, 28, 28], () => new PlainLeNet()),
        new("small_resnet", [1, 28, 28], () => new PlainResNet()),
        new("mlp_bn", [64], () => new PlainMlp()),
    ];

    /// <summary>The elements of a sample.</summary>
    public int Elements => (int)Sample.Aggregate(1L, (a, b) => a * b);

    /// <summary>A file of the model; null where the shared models do not stand beside the repository.</summary>
    public string? PathOf(string ending)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var path = Path.Combine(folder, "shared", "models", "pytorch", Name, $"{Name}.{ending}");
            if (File.Exists(path))
            {
                return path;
            }
        }
        return null;
    }

    /// <summary>The model as Neptune imports it.</summary>
    public InferencePackage Import(string traced)
    {
        var model = ModelFormats.Import(traced, new() { InputShape = Shape.Of(Sample) });
        return new()
        {
            Graph = new() { Graph = InferenceGraphs.WithoutTrainingOnly(model.Graph) },
            Weights = model.Weights,
            Lineage = new(),
        };
    }

    /// <summary>The modules with their weights, as one answers with them.</summary>
    public Module<Tensor, Tensor> Load(string safetensors)
    {
        using var file = File.OpenRead(safetensors);
        var weights = SafeTensorsFile.Read(file, safetensors);
        var module = Module();
        using (no_grad())
        {
            foreach (var (name, value) in module.state_dict())
            {
                if (value.dtype == ScalarType.Float32)
                {
                    value.copy_(tensor(weights[name].Floats.ToArray()).reshape(value.shape));
                }
            }
        }
        module.eval();
        return module;
    }
}
