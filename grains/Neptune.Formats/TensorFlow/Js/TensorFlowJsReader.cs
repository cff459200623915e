using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>
/// Reads graph models of TensorFlow.js: <c>model.json</c>, which holds a GraphDef in JSON and says which files beside it hold
/// the weights (https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts).
/// </summary>
internal static class TensorFlowJsReader
{
    private const string GraphModel = "graph-model";
    private const string OldGraph = "tensorflowjs_model.pb";
    private const string OldManifest = "weights_manifest.json";
    private const int LongestFile = 512 << 20;

    /// <summary>True for the JSON of a graph model; that of a layers model is Keras'.</summary>
    public static bool IsGraphModel(ReadOnlySpan<byte> json)
    {
        // The format stands first or last; what is between is passed over.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    var isFormat = reader.ValueTextEquals("format");
                    if (!reader.Read())
                    {
                        return false;
                    }
                    if (isFormat)
                    {
                        return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(GraphModel);
                    }
                    if (!reader.TrySkip())
                    {
                        return false;
                    }
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }
        return false;
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is not sound.</exception>
    public static TensorFlowModel Read(string path)
    {
        var file = Path.GetFileName(path);
        var bytes = TensorFlowReader.ReadFile(path);
        if (bytes.Length > LongestFile)
        {
            throw new ModelFileException($"{path} has {bytes.Length} bytes, and at most {LongestFile} are read.");
        }
        return Read(
            bytes,
            file,
            (paths, name) => TensorFlowJsWeights.ReadFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, paths, name)
        );
    }

    /// <summary>True for the graph of a model as converters before 1.0 wrote it: in binary form, with constants that have no elements.</summary>
    public static bool IsOldGraph(string path) => Path.GetFileName(path) == OldGraph;

    /// <summary>Reads such a model, whose elements lie in files that <c>weights_manifest.json</c> beside it names.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is not sound.</exception>
    public static TensorFlowModel ReadOld(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var manifest = Path.Combine(folder, OldManifest);
        if (!File.Exists(manifest))
        {
            throw new ModelFileException(
                $"{OldGraph} holds a graph without its weights. Put {OldManifest}, and the files that it names, beside it."
            );
        }
        var weights = Sound(
            OldManifest,
            () =>
            {
                using var document = JsonDocument.Parse(TensorFlowReader.ReadFile(manifest));
                return new TensorFlowJsWeights(
                    OldManifest,
                    document.RootElement,
                    (paths, name) => TensorFlowJsWeights.ReadFiles(folder, paths, name)
                );
            }
        );
        var model = TensorFlowReader.ReadFrozen(path);
        ImmutableArray<TensorFlowNode> nodes = [.. model.Graph.Nodes.Select(n => WithWeight(n, weights))];
        return model with
        {
            Source = "TensorFlow.js graph model (before 1.0)",
            Graph = model.Graph with { Nodes = nodes, ByName = ByName(nodes, OldGraph) },
        };
    }

    /// <summary>Reads a model from its JSON.</summary>
    /// <param name="json">The bytes of model.json.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="open">Gives the bytes of files beside it, one after the other.</param>
    internal static TensorFlowModel Read(
        ReadOnlyMemory<byte> json,
        string file,
        Func<ImmutableArray<string>, string, ReadOnlyMemory<byte>> open
    ) =>
        Sound(
            file,
            () =>
            {
                using var document = JsonDocument.Parse(json);
                return Model(document.RootElement, file, open);
            }
        );

    // What is not as it should be shows in many ways.
    private static T Sound<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or OverflowException
                        or ArgumentException
            )
        {
            throw new ModelFileException(
                $"{file}: {e.Message} The file is damaged, or no graph model of TensorFlow.js.",
                e
            );
        }
    }

    private static TensorFlowModel Model(
        JsonElement root,
        string file,
        Func<ImmutableArray<string>, string, ReadOnlyMemory<byte>> open
    )
    {
        if (!root.TryGetProperty("modelTopology", out var topology) || topology.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFileException(
                $"{file}: it has no modelTopology, so it holds weights alone. Name the model's file."
            );
        }
        var weights = new TensorFlowJsWeights(
            file,
            root.TryGetProperty("weightsManifest", out var manifest) ? manifest : default,
            open
        );
        var nodes = Nodes(topology, "node", weights);
        var functions =
            topology.TryGetProperty("library", out var library) && library.TryGetProperty("function", out var all)
                ? all.EnumerateArray().Select(f => Function(f, file, weights)).ToArray()
                : [];
        var signature = Signature(root);
        return new()
        {
            File = file,
            Source =
                root.TryGetProperty("convertedBy", out var by) && by.ValueKind == JsonValueKind.String
                    ? $"TensorFlow.js graph model ({by.GetString()})"
                    : "TensorFlow.js graph model",
            Graph = new()
            {
                Nodes = nodes,
                ByName = ByName(nodes, file),
                Functions = functions.ToDictionary(f => f.Name, StringComparer.Ordinal),
            },
            Signatures = signature is null
                ? ImmutableSortedDictionary<string, TensorFlowSignature>.Empty
                : ImmutableSortedDictionary<string, TensorFlowSignature>.Empty.Add(signature.Name, signature),
        };
    }

    private static TensorFlowFunction Function(JsonElement function, string file, TensorFlowJsWeights weights)
    {
        var signature = function.GetProperty("signature");
        return new()
        {
            Name = signature.GetProperty("name").GetString()!,
            Arguments = Names(signature, "inputArg"),
            Results = Names(signature, "outputArg"),
            Nodes = ByName(Nodes(function, "nodeDef", weights), file),
            Returns = function.TryGetProperty("ret", out var ret)
                ? ret.EnumerateObject()
                    .ToImmutableDictionary(r => r.Name, r => r.Value.GetString()!, StringComparer.Ordinal)
                : ImmutableDictionary<string, string>.Empty,
        };
    }

    private static ImmutableArray<string> Names(JsonElement signature, string list) =>
        signature.TryGetProperty(list, out var all)
            ? [.. all.EnumerateArray().Select(a => a.GetProperty("name").GetString()!)]
            : [];

    private static Dictionary<string, TensorFlowNode> ByName(ImmutableArray<TensorFlowNode> nodes, string file)
    {
        var result = new Dictionary<string, TensorFlowNode>(nodes.Length, StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (!result.TryAdd(node.Name, node))
            {
                throw new ModelFileException($"{file}: two nodes are called {node.Name}. The file is damaged.");
            }
        }
        return result;
    }

    private static ImmutableArray<TensorFlowNode> Nodes(JsonElement graph, string list, TensorFlowJsWeights weights) =>
        graph.TryGetProperty(list, out var nodes) ? [.. nodes.EnumerateArray().Select(n => Node(n, weights))] : [];

    private static TensorFlowNode Node(JsonElement node, TensorFlowJsWeights weights)
    {
        var name = node.GetProperty("name").GetString()!;
        var attributes = node.TryGetProperty("attr", out var all)
            ? all.EnumerateObject()
                .ToImmutableDictionary(a => a.Name, a => TensorFlowJsAttributes.Of(a.Value), StringComparer.Ordinal)
            : ImmutableDictionary<string, TensorFlowAttribute>.Empty;
        var op = node.GetProperty("op").GetString()!;
        return WithWeight(
            new()
            {
                Name = name,
                Op = op,
                Inputs = node.TryGetProperty("input", out var inputs)
                    ? [.. inputs.EnumerateArray().Select(i => i.GetString()!)]
                    : [],
                Attributes = attributes,
            },
            weights
        );
    }

    private static TensorFlowNode WithWeight(TensorFlowNode node, TensorFlowJsWeights weights) =>
        node.Op == "Const" && weights.Find(node.Name) is { } value
            ? node with
            {
                Attributes = node.Attributes.SetItem("value", new() { Tensor = value }),
            }
            : node;

    private static TensorFlowSignature? Signature(JsonElement root)
    {
        if (
            !root.TryGetProperty("signature", out var signature)
            && !(
                root.TryGetProperty("userDefinedMetadata", out var metadata)
                && metadata.TryGetProperty("signature", out signature)
            )
        )
        {
            return null;
        }
        var outputs = Tensors(signature, "outputs");
        return outputs.IsEmpty ? null : new("serving_default", Tensors(signature, "inputs"), outputs);
    }

    private static ImmutableSortedDictionary<string, TensorFlowTensorInfo> Tensors(
        JsonElement signature,
        string list
    ) =>
        signature.TryGetProperty(list, out var all)
            ? all.EnumerateObject()
                .ToImmutableSortedDictionary(t => t.Name, t => Tensor(t.Name, t.Value), StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, TensorFlowTensorInfo>.Empty;

    private static TensorFlowTensorInfo Tensor(string key, JsonElement info) =>
        new(
            info.TryGetProperty("name", out var name) ? name.GetString()! : key,
            info.TryGetProperty("dtype", out var type) ? TensorFlowJsAttributes.TypeOf(type) : 0,
            info.TryGetProperty("tensorShape", out var shape) ? TensorFlowJsAttributes.ShapeOf(shape) : null
        );
}
