using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Neptune.Contracts;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>The registry of trained models.</summary>
public sealed class ModelClient
{
    private readonly IGrainFactory _grains;
    private readonly ArtifactClient _artifacts;
    private readonly Evaluations _evaluations;

    internal ModelClient(IGrainFactory grains, ArtifactClient artifacts, Evaluations evaluations) =>
        (_grains, _artifacts, _evaluations) = (grains, artifacts, evaluations);

    /// <summary>The names of all models.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        await _grains.GetGrain<INameIndexGrain>(INameIndexGrain.Models).ListAsync();

    /// <summary>All versions of a model, oldest first.</summary>
    public async Task<ImmutableArray<ModelVersion>> ListVersionsAsync(string name) =>
        await Grain(name).ListVersionsAsync();

    /// <summary>A version by number or alias, as <c>name</c>, <c>name@2</c> or <c>name@champion</c>.</summary>
    /// <exception cref="NotFoundException">There is no such model or version; the message offers the nearest.</exception>
    public Task<ModelVersion> GetAsync(string nameAndVersion)
    {
        var at = nameAndVersion.IndexOf('@', StringComparison.Ordinal);
        return at < 0
            ? Grain(nameAndVersion).GetAsync("")
            : Grain(nameAndVersion[..at]).GetAsync(nameAndVersion[(at + 1)..]);
    }

    /// <summary>Points an alias such as <c>champion</c> at a version.</summary>
    public Task SetAliasAsync(string name, string alias, int version) => Grain(name).SetAliasAsync(alias, version);

    /// <summary>Fetches a package and verifies it.</summary>
    /// <exception cref="PackageException">It was altered, or is of a newer format.</exception>
    public async Task<TrainingPackage> OpenAsync(PackageRef package, CancellationToken cancellation = default)
    {
        using var file = await FetchAsync(package, cancellation);
        return PackageFile.ReadTraining(file, package.Path);
    }

    /// <summary>Fetches a package, of training or inference, as what answers, and verifies it.</summary>
    /// <exception cref="PackageException">It was altered, or is of a newer format.</exception>
    public async Task<InferencePackage> OpenInferenceAsync(PackageRef package, CancellationToken cancellation = default)
    {
        using var file = await FetchAsync(package, cancellation);
        return PackageFile.ReadInference(file, package.Path);
    }

    /// <summary>Fetches a package's file as it is.</summary>
    public Task DownloadAsync(PackageRef package, Stream target, CancellationToken cancellation = default) =>
        _artifacts.DownloadAsync(package.Artifact, target, cancellation);

    /// <summary>Reads a model file of another framework on this machine.</summary>
    /// <param name="path">The file, or the folder where the format has one.</param>
    /// <param name="settings">What is said beside it; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelFileException">The file cannot be read; the message says where and why.</exception>
    /// <exception cref="UnsupportedOperatorsException">It uses operators that are not known; all are listed.</exception>
    public async Task<ModelFile> ReadAsync(
        string path,
        ImportSettings? settings = null,
        CancellationToken cancellation = default
    )
    {
        settings ??= new();
        path = LocalFiles.Expand(path);
        var name = new ModelName(settings.Name ?? NameOf(path));
        var graph = settings.GraphOf is { } other
            ? (await OpenInferenceAsync((await GetAsync(other)).Package, cancellation)).Graph.Graph
            : settings.Graph;
        var model = ModelFormats.Import(
            path,
            new()
            {
                Onto = graph,
                InputShape = settings.InputShape,
                Opaque = settings.Opaque,
                WeightsFile = settings.WeightsFile is { } weights ? LocalFiles.Expand(weights) : null,
            }
        );
        if (OpaqueModule.Is(model.Graph))
        {
            model = await DescribeAsync(model, cancellation);
        }
        return new()
        {
            Name = name.Value,
            Model = model with
            {
                Graph = InputNormalization.Normalize(model.Graph, settings.InputMean, settings.InputDeviation),
            },
            Origin = new()
            {
                Format = model.Source,
                File = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
                Sha256 = await ModelFileHash.OfAsync(path, settings.WeightsFile, cancellation),
                License = settings.License,
            },
        };
    }

    /// <summary>Reads a model file of another framework on this machine, and registers it.</summary>
    /// <param name="path">The file, or the folder where the format has one.</param>
    /// <param name="settings">What is said beside it; null for nothing.</param>
    /// <param name="cancellation">Stops the upload.</param>
    /// <exception cref="ModelFileException">The file cannot be read; the message says where and why.</exception>
    /// <exception cref="UnsupportedOperatorsException">It uses operators that are not known; all are listed.</exception>
    public async Task<ModelImport> ImportAsync(
        string path,
        ImportSettings? settings = null,
        CancellationToken cancellation = default
    )
    {
        settings ??= new();
        var file = await ReadAsync(path, settings, cancellation);
        var package = new InferencePackage
        {
            Graph = new()
            {
                Graph = file.Model.Graph,
                InputScale = settings.InputScale,
                Labels = settings.Labels,
                OutputIsLogits = settings.OutputIsLogits,
            },
            Weights = file.Model.Weights,
            Lineage = new()
            {
                GraphSha256 = Convert.ToHexStringLower(SHA256.HashData(GraphJson.Write(file.Model.Graph))),
                Origin = file.Origin,
            },
        };
        return new(await RegisterAsync(package, new(file.Name), cancellation), file.Model);
    }

    /// <summary>Puts a package that answers into the registry.</summary>
    public async Task<ModelVersion> RegisterAsync(
        InferencePackage package,
        ModelName name,
        CancellationToken cancellation = default
    )
    {
        using var file = new MemoryStream();
        PackageFile.Write(package, file);
        var artifact = await _artifacts.UploadAsync(file.GetBuffer().AsMemory(0, (int)file.Length), cancellation);
        return await Grain(name.Value)
            .RegisterAsync(
                new()
                {
                    Package = new()
                    {
                        Model = name,
                        Artifact = artifact,
                        Path = $"{name}.neptune",
                        WeightsSha256 = WeightsHash.Of(package.Graph.Graph, package.Weights),
                    },
                    RegisteredAt = TimeProvider.System.GetUtcNow(),
                }
            );
    }

    /// <summary>Stores weights to begin training with.</summary>
    /// <returns>The artifact, for <see cref="JobSpec.InitialWeights"/>.</returns>
    internal async Task<string> StoreAsync(
        FineTunedModel model,
        ModelOrigin? origin,
        CancellationToken cancellation = default
    )
    {
        var package = new TrainingPackage
        {
            Graph = model.Graph,
            Weights = model.Weights,
            OptimizerState = ImmutableSortedDictionary<string, TensorValue>.Empty,
            Position = new(0, 0, 0),
            History = [],
            Lineage = new() { Origin = origin },
        };
        using var file = new MemoryStream();
        PackageFile.Write(package, file);
        return await _artifacts.UploadAsync(file.GetBuffer().AsMemory(0, (int)file.Length), cancellation);
    }

    // What an opaque module gives is known by running it: for two and for three samples, which tells the batch from other lengths.
    private async Task<ImportedModel> DescribeAsync(ImportedModel model, CancellationToken cancellation)
    {
        using var file = new MemoryStream();
        PackageFile.Write(
            new InferencePackage
            {
                Graph = new() { Graph = model.Graph },
                Weights = model.Weights,
                Lineage = new(),
            },
            file
        );
        var artifact = await _artifacts.UploadAsync(file.GetBuffer().AsMemory(0, (int)file.Length), cancellation);
        var runs = new List<(long, ImmutableArray<TensorValue>)>();
        foreach (var rows in (long[])[2, 3])
        {
            var outputs = await _evaluations.RunAsync(
                artifact,
                RandomInputs.Of(model.Graph, seed: 0, rows, length: 1),
                cancellation
            );
            runs.Add((rows, outputs));
        }
        return model with { Graph = OpaqueModule.Describe(model.Graph, [.. runs]) };
    }

    private async Task<MemoryStream> FetchAsync(PackageRef package, CancellationToken cancellation)
    {
        var file = new MemoryStream();
        await DownloadAsync(package, file, cancellation);
        file.Position = 0;
        return file;
    }

    // A file's name with a dash for whatever a model's name may not have.
    private static string NameOf(string path)
    {
        var name = new StringBuilder();
        var stem = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        foreach (var letter in stem.ToLowerInvariant())
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' ? letter : '-');
        }
        var trimmed = name.ToString().Trim('-', '.', '_');
        return trimmed.Length > 0 ? trimmed : "model";
    }

    private IModelGrain Grain(string name) => _grains.GetGrain<IModelGrain>(new ModelName(name).Value);
}
