using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Reads frozen graphs and SavedModel folders. The numbers of the fields are those of saved_model.proto and meta_graph.proto in
/// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf.
/// </summary>
internal static class TensorFlowReader
{
    /// <summary>The name of a SavedModel's graph in its folder.</summary>
    public const string SavedModelFile = "saved_model.pb";

    private const string ServingTag = "serve";

    /// <summary>Reads the file of a frozen graph.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is no sound graph.</exception>
    public static TensorFlowModel ReadFrozen(string path) => ReadFrozen(ReadFile(path), Path.GetFileName(path));

    /// <summary>Reads a frozen graph from a file's bytes, which must not change later.</summary>
    internal static TensorFlowModel ReadFrozen(ReadOnlyMemory<byte> bytes, string file)
    {
        var graph = TensorFlowGraphReader.Graph(ProtobufMessage.Whole(bytes, file));
        return graph.Nodes.Length > 0
            ? new()
            {
                File = file,
                Source = "TensorFlow frozen graph",
                Graph = graph,
            }
            : throw new ModelFileException(
                $"{file}: it holds no nodes, so it is no TensorFlow graph. Name a frozen graph, or a SavedModel's folder."
            );
    }

    /// <summary>Reads a SavedModel.</summary>
    /// <param name="folder">The folder of saved_model.pb and variables.</param>
    /// <exception cref="ModelFileException">It cannot be read, or is no sound SavedModel.</exception>
    public static TensorFlowModel ReadSavedModel(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var variables = Path.Combine(folder, "variables");
        var bytes = ReadFile(Path.Combine(folder, SavedModelFile));
        var bundle = File.Exists(Path.Combine(variables, "variables.index"))
            ? TensorBundle.Open(Path.Combine(variables, "variables"), folder)
            : null;
        return ReadSavedModel(bytes, bundle, name);
    }

    /// <summary>Reads a SavedModel from the bytes of its graph.</summary>
    internal static TensorFlowModel ReadSavedModel(ReadOnlyMemory<byte> bytes, TensorBundle? bundle, string name)
    {
        var file = $"{name}/{SavedModelFile}";
        var reader = new ProtobufReader(bytes, file);
        var metaGraphs = new List<ProtobufMessage>();
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                metaGraphs.Add(reader.Message());
            }
            else
            {
                reader.Skip();
            }
        }
        var tags = metaGraphs.Select(TagsOf).ToArray();
        var chosen = Math.Max(0, Array.FindIndex(tags, t => t.Tags.Contains(ServingTag, StringComparer.Ordinal)));
        return metaGraphs.Count > 0
            ? MetaGraph(metaGraphs[chosen], bundle, name) with
            {
                Source = $"TensorFlow SavedModel ({tags[chosen].Version})".Replace(" ()", "", StringComparison.Ordinal),
                Notes =
                    metaGraphs.Count == 1
                        ? []
                        :
                        [
                            $"The file holds {metaGraphs.Count} graphs; that tagged {string.Join(", ", tags[chosen].Tags)} was taken.",
                        ],
            }
            : throw new ModelFileException($"{file}: it holds no graph. The file is damaged, or no SavedModel.");
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is too large.</exception>
    internal static ReadOnlyMemory<byte> ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= Array.MaxLength
                ? File.ReadAllBytes(path)
                : throw new ModelFileException(
                    $"{path} has {length} bytes. A graph has at most 2 GB. Save the model as a SavedModel, whose weights lie "
                        + "in files of their own."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static TensorFlowModel MetaGraph(ProtobufMessage message, TensorBundle? bundle, string name)
    {
        var reader = message.Read();
        TensorFlowGraph? graph = null;
        var signatures = ImmutableSortedDictionary.CreateBuilder<string, TensorFlowSignature>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    graph = TensorFlowGraphReader.Graph(reader.Message());
                    break;
                case 5:
                    var (key, value) = TensorFlowGraphReader.Entry(reader.Message());
                    if (value is { } signature)
                    {
                        signatures[key] = Signature(key, signature);
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        graph ??= TensorFlowGraphReader.Graph(ProtobufMessage.Whole(ReadOnlyMemory<byte>.Empty, message.File));
        return new()
        {
            File = name,
            Source = "TensorFlow SavedModel",
            Graph = graph,
            Signatures = signatures.ToImmutable(),
            Variables = bundle is null ? null : new TensorFlowVariables(bundle, graph),
        };
    }

    private static (List<string> Tags, string Version) TagsOf(ProtobufMessage message)
    {
        var tags = new List<string>();
        var version = "";
        var reader = message.Read();
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }
            var info = reader.Message().Read();
            while (info.Next())
            {
                switch (info.Field)
                {
                    case 4:
                        tags.Add(info.Text());
                        break;
                    case 5:
                        version = info.Text();
                        break;
                    default:
                        info.Skip();
                        break;
                }
            }
        }
        return (tags, version);
    }

    private static TensorFlowSignature Signature(string name, ProtobufMessage message)
    {
        var reader = message.Read();
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, TensorFlowTensorInfo>(StringComparer.Ordinal);
        var outputs = ImmutableSortedDictionary.CreateBuilder<string, TensorFlowTensorInfo>(StringComparer.Ordinal);
        while (reader.Next())
        {
            if (reader.Field is not (1 or 2))
            {
                reader.Skip();
                continue;
            }
            var target = reader.Field == 1 ? inputs : outputs;
            var (key, value) = TensorFlowGraphReader.Entry(reader.Message());
            if (value is { } info)
            {
                target[key] = TensorInfo(info);
            }
        }
        return new(name, inputs.ToImmutable(), outputs.ToImmutable());
    }

    private static TensorFlowTensorInfo TensorInfo(ProtobufMessage message)
    {
        var reader = message.Read();
        var info = new TensorFlowTensorInfo("", 0, null);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    info = info with { Tensor = reader.Text() };
                    break;
                case 2:
                    info = info with { DataType = reader.Int32() };
                    break;
                case 3:
                    info = info with { Shape = TensorFlowGraphReader.Shape(reader.Message()) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return info;
    }
}
