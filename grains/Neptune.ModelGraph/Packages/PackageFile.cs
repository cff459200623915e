using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// Packages as files: a zip of <c>manifest.json</c>, <c>graph.json</c>, <c>weights.safetensors</c> and, for training,
/// <c>optimizer.safetensors</c>. Entries are stored and in this order, and equal packages have equal bytes. Reading treats a
/// file as hostile: an altered or missing byte anywhere is a <see cref="PackageException"/>.
/// </summary>
public static class PackageFile
{
    /// <summary>
    /// The greatest version that is read. What needs no more is written as version 1, which every Neptune reads; version 2 has
    /// the file that weights were imported from.
    /// </summary>
    public const int FormatVersion = 2;

    private const string ManifestName = "manifest.json";
    private const string GraphName = "graph.json";
    private const string WeightsName = "weights.safetensors";
    private const string OptimizerName = "optimizer.safetensors";

    /// <summary>Writes a package from which training can go on.</summary>
    /// <param name="package">What is written; its tensors must not change meanwhile.</param>
    /// <param name="target">Receives the file; need not be seekable, and stays open.</param>
    /// <exception cref="PackageException">Weights do not fit the graph.</exception>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static void Write(TrainingPackage package, Stream target)
    {
        TrainingGraphValidation.Check(package.Graph);
        CheckWeights(package.Graph.Graph, package.Weights, "The package");
        var graph = GraphJson.Write(package.Graph);
        Write(
            target,
            new()
            {
                FormatVersion = VersionFor(package.Lineage),
                Kind = PackageKind.Training,
                Entries = [],
                WeightsSha256 = package.WeightsSha256,
                Lineage = package.Lineage,
                InputScale = package.InputScale,
                Labels = package.Labels,
                Position = package.Position,
                History = package.History,
            },
            new(GraphName, stream => stream.Write(graph)),
            new(WeightsName, stream => SafeTensorsFile.Write(stream, package.Weights)),
            new(OptimizerName, stream => SafeTensorsFile.Write(stream, package.OptimizerState))
        );
    }

    /// <summary>Writes a package that answers.</summary>
    /// <param name="package">What is written; its tensors must not change meanwhile.</param>
    /// <param name="target">Receives the file; need not be seekable, and stays open.</param>
    /// <exception cref="PackageException">Weights do not fit the graph.</exception>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static void Write(InferencePackage package, Stream target)
    {
        GraphValidation.Check(package.Graph.Graph);
        CheckWeights(package.Graph.Graph, package.Weights, "The package");
        var graph = GraphJson.Write(package.Graph);
        Write(
            target,
            new()
            {
                FormatVersion = VersionFor(package.Lineage),
                Kind = PackageKind.Inference,
                Entries = [],
                WeightsSha256 = WeightsHash.Of(package.Graph.Graph, package.Weights),
                Lineage = package.Lineage,
                InputScale = package.Graph.InputScale,
                Labels = package.Graph.Labels,
            },
            new(GraphName, stream => stream.Write(graph)),
            new(WeightsName, stream => SafeTensorsFile.Write(stream, package.Weights))
        );
    }

    /// <summary>Reads the manifest alone; the rest of the file is not looked at.</summary>
    /// <param name="source">Stands at the file's begin.</param>
    /// <param name="nameForErrors">What errors call the file.</param>
    /// <exception cref="PackageException">The file is no package, truncated, altered or of a later format version.</exception>
    public static PackageManifest ReadManifest(Stream source, string nameForErrors) =>
        ReadManifest(new PackageReader(source, nameForErrors), nameForErrors);

    /// <summary>Reads a package from which training can go on.</summary>
    /// <param name="source">Stands at the file's begin; is read to its end, which must be the package's.</param>
    /// <param name="nameForErrors">What errors call the file.</param>
    /// <exception cref="PackageException">
    /// The file is no training package, truncated, altered, of a later format version, or not valid.
    /// </exception>
    public static TrainingPackage ReadTraining(Stream source, string nameForErrors)
    {
        var reader = new PackageReader(source, nameForErrors);
        var manifest = ReadManifest(reader, nameForErrors);
        return manifest.Kind == PackageKind.Training
            ? ReadTraining(reader, manifest, nameForErrors)
            : throw new PackageException(
                $"Package {nameForErrors} is an inference package: it answers, but has no optimizer state to train on from. "
                    + "Give the training package it was made of."
            );
    }

    /// <summary>Reads a package that answers; a training package is turned into one.</summary>
    /// <param name="source">Stands at the file's begin; is read to its end, which must be the package's.</param>
    /// <param name="nameForErrors">What errors call the file.</param>
    /// <exception cref="PackageException">
    /// The file is no package, truncated, altered, of a later format version, or not valid.
    /// </exception>
    public static InferencePackage ReadInference(Stream source, string nameForErrors)
    {
        var reader = new PackageReader(source, nameForErrors);
        var manifest = ReadManifest(reader, nameForErrors);
        if (manifest.Kind == PackageKind.Training)
        {
            return ReadTraining(reader, manifest, nameForErrors).ToInference();
        }
        var graph = Read(
            reader,
            manifest.Entries[0],
            GraphJson.MaximumBytes,
            content => GraphJson.ReadInference(content.Read(content.Length))
        );
        var weights = Read(reader, manifest.Entries[1], long.MaxValue, SafeTensorsFile.Read);
        reader.ReadTail();
        CheckRead(graph.Graph, weights, manifest, nameForErrors);
        if (!graph.InputScale.Equals(manifest.InputScale) || !graph.Labels.SequenceEqual(manifest.Labels))
        {
            throw new PackageException(
                $"Package {nameForErrors}: manifest.json and graph.json differ in inputScale or labels. Write it again."
            );
        }
        return new()
        {
            Graph = graph,
            Weights = weights,
            Lineage = manifest.Lineage,
        };
    }

    private static int VersionFor(Lineage lineage) => lineage.Origin is null ? 1 : FormatVersion;

    private static void Write(Stream target, PackageManifest manifest, params ReadOnlySpan<PackageContent> contents)
    {
        var entries = ImmutableArray.CreateBuilder<PackageEntry>(contents.Length);
        foreach (var content in contents)
        {
            entries.Add(new(content.Name, content.Length, content.Sha256));
        }
        var json = ManifestJson.Write(manifest with { Entries = entries.MoveToImmutable() });
        if (json.Length > ManifestJson.MaximumBytes)
        {
            throw new PackageException(
                $"The manifest would have {json.Length} bytes, and at most {ManifestJson.MaximumBytes} are read. "
                    + "Shorten the history or the labels."
            );
        }
        var writer = new PackageWriter(target);
        writer.Add(new(ManifestName, stream => stream.Write(json)));
        foreach (var content in contents)
        {
            writer.Add(content);
        }
        writer.Finish();
    }

    private static PackageManifest ReadManifest(PackageReader reader, string file)
    {
        var manifest = reader.Read(ManifestName, null, null, ManifestJson.MaximumBytes, ManifestJson.Read);
        string[] expected =
            manifest.Kind == PackageKind.Training ? [GraphName, WeightsName, OptimizerName] : [GraphName, WeightsName];
        var found = manifest.Entries.Select(entry => entry.Name).ToArray();
        return found.SequenceEqual(expected)
            ? manifest
            : throw new PackageException(
                $"Package {file}, entry {ManifestName}: it declares {found.Length} entries that are not "
                    + $"{string.Join(", ", expected)}. It is no package that Neptune wrote."
            );
    }

    private static TrainingPackage ReadTraining(PackageReader reader, PackageManifest manifest, string file)
    {
        var graph = Read(
            reader,
            manifest.Entries[0],
            GraphJson.MaximumBytes,
            content => GraphJson.ReadTraining(content.Read(content.Length))
        );
        var weights = Read(reader, manifest.Entries[1], long.MaxValue, SafeTensorsFile.Read);
        var optimizer = Read(reader, manifest.Entries[2], long.MaxValue, SafeTensorsFile.Read);
        reader.ReadTail();
        CheckRead(graph.Graph, weights, manifest, file);
        return new()
        {
            Graph = graph,
            Weights = weights,
            OptimizerState = optimizer,
            Position = manifest.Position!,
            History = manifest.History,
            Lineage = manifest.Lineage,
            InputScale = manifest.InputScale,
            Labels = manifest.Labels,
        };
    }

    private static T Read<T>(PackageReader reader, PackageEntry entry, long maximum, Func<BoundedInput, T> parse) =>
        reader.Read(entry.Name, entry.LengthBytes, entry.Sha256, maximum, parse);

    private static void CheckRead(
        Graph graph,
        ImmutableSortedDictionary<string, TensorValue> weights,
        PackageManifest manifest,
        string file
    )
    {
        CheckWeights(graph, weights, $"Package {file}, entry {WeightsName}");
        if (WeightsHash.Of(graph, weights) != manifest.WeightsSha256)
        {
            throw new PackageException(
                $"Package {file}, entry {WeightsName}: the weights do not have the SHA-256 that the manifest declares. They "
                    + "were altered after they were written. Use the original file."
            );
        }
    }

    private static void CheckWeights(Graph graph, ImmutableSortedDictionary<string, TensorValue> weights, string where)
    {
        foreach (var parameter in graph.Parameters)
        {
            if (!weights.TryGetValue(parameter.Name, out var tensor))
            {
                throw new PackageException(
                    $"{where}: there are no weights for parameter {parameter.Name}. "
                        + NearestNames.Offer(parameter.Name, weights.Keys)
                );
            }
            if (tensor.Type != parameter.Type || tensor.Shape != parameter.Shape)
            {
                throw new PackageException(
                    $"{where}: the weights of {parameter.Name} are {tensor.Type} {tensor.Shape}, and the graph has "
                        + $"{parameter.Type} {parameter.Shape}."
                );
            }
        }
        var names = graph.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (weights.Keys.FirstOrDefault(name => !names.Contains(name)) is { } extra)
        {
            throw new PackageException(
                $"{where}: there are weights called {extra}, and the graph has no such parameter. "
                    + NearestNames.Offer(extra, names)
            );
        }
    }
}
