using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Reads ONNX files into records that say what they say: nothing is computed or translated. Weights stay slices of the
/// file's bytes. The numbers of the fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
/// </summary>
internal static class OnnxReader
{
    /// <summary>The standard's own domain, under its longer name.</summary>
    private const string StandardDomain = "ai.onnx";

    /// <summary>Reads a model's file.</summary>
    /// <exception cref="ModelFileException">The file cannot be read, or is no sound ONNX model.</exception>
    public static OnnxModel ReadModel(string path) => ReadModel(ReadFile(path), Path.GetFileName(path));

    /// <summary>Reads a model from a file's bytes, which must not change later.</summary>
    /// <param name="bytes">The bytes; tensors are slices of them.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <exception cref="ModelFileException">The bytes are no sound ONNX model.</exception>
    public static OnnxModel ReadModel(ReadOnlyMemory<byte> bytes, string file)
    {
        var reader = new ProtobufReader(bytes, file);
        long version = 0;
        var (producer, producerVersion, domain, doc) = ("", "", "", "");
        OnnxGraph? graph = null;
        var opsets = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var functions = ImmutableArray.CreateBuilder<OnnxFunction>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    version = reader.Int64();
                    break;
                case 2:
                    producer = reader.Text();
                    break;
                case 3:
                    producerVersion = reader.Text();
                    break;
                case 4:
                    domain = reader.Text();
                    break;
                case 6:
                    doc = reader.Text();
                    break;
                case 7:
                    graph = graph is null ? OnnxGraphReader.Graph(reader.Message()) : throw Twice(reader, "a graph");
                    break;
                case 8:
                    AddOpset(reader.Message(), opsets);
                    break;
                case 14:
                    var (key, value) = Entry(reader.Message());
                    metadata[key] = value;
                    break;
                case 25:
                    functions.Add(Function(reader.Message()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            File = file,
            IrVersion = version,
            ProducerName = producer,
            ProducerVersion = producerVersion,
            Domain = domain,
            DocString = doc,
            OpsetImports = opsets.ToImmutable(),
            MetadataProps = metadata.ToImmutable(),
            Functions = functions.DrainToImmutable(),
            Graph =
                graph
                ?? throw new ModelFileException(
                    $"{file}: it holds no graph, so it is no ONNX model. Name a file that an ONNX exporter wrote."
                ),
        };
    }

    /// <summary>Reads a file that holds one tensor, as ONNX's test data does.</summary>
    /// <param name="bytes">The file's bytes, which must not change later.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <exception cref="ModelFileException">The bytes are no sound tensor, or no tensor.</exception>
    public static OnnxTensor ReadTensor(ReadOnlyMemory<byte> bytes, string file)
    {
        RefuseSequence(new ProtobufReader(bytes, file));
        return OnnxGraphReader.Tensor(ProtobufMessage.Whole(bytes, file));
    }

    /// <summary>The standard's domain has two names; here it is the empty one.</summary>
    internal static string Canonical(string domain) => domain == StandardDomain ? "" : domain;

    /// <summary>A key and its value.</summary>
    internal static (string Key, string Value) Entry(ProtobufMessage message)
    {
        var reader = message.Read();
        var (key, value) = ("", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.Text();
                    break;
                case 2:
                    value = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (key, value);
    }

    /// <summary>An error for what a message may hold once, and holds twice.</summary>
    internal static ModelFileException Twice(ProtobufReader reader, string what) =>
        reader.Error($"{what} stands here a second time. The file is damaged.");

    private static ReadOnlyMemory<byte> ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= Array.MaxLength
                ? File.ReadAllBytes(path)
                : throw new ModelFileException(
                    $"{path} has {length} bytes. An ONNX file holds at most 2 GB. Export it with its weights beside it."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message}", e);
        }
    }

    // Both have a name where a tensor has its lengths, and their first tensor where a tensor has what nobody writes.
    private static void RefuseSequence(ProtobufReader reader)
    {
        const string Remedy = "Only files of one tensor can be read.";
        var (named, elements) = (false, false);
        while (reader.Next())
        {
            if (reader.Field == 3 && reader.Wire == ProtobufWire.Length)
            {
                throw reader.Error($"a value inside a sequence or an optional value begins here. {Remedy}");
            }
            elements |= reader.Field is >= 4 and not 8;
            if (reader.Field == 1 && reader.Wire == ProtobufWire.Length)
            {
                named |= !reader.Bytes().Span.Contains((byte)0);
            }
            else
            {
                reader.Skip();
            }
        }
        if (named && !elements)
        {
            throw reader.Whole.Error(
                $"it holds an empty sequence or optional value, or a tensor without elements. {Remedy}"
            );
        }
    }

    private static void AddOpset(ProtobufMessage message, ImmutableSortedDictionary<string, long>.Builder opsets)
    {
        var reader = message.Read();
        var domain = "";
        var version = 0L;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    domain = Canonical(reader.Text());
                    break;
                case 2:
                    version = reader.Int64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (opsets.TryGetValue(domain, out var before) && before != version)
        {
            throw message.Error(
                $"operators of domain \"{domain}\" are wanted in version {before} and in {version}. Pick one."
            );
        }
        opsets[domain] = version;
    }

    private static OnnxFunction Function(ProtobufMessage message)
    {
        var reader = message.Read();
        var (name, domain, overload) = ("", "", "");
        var inputs = ImmutableArray.CreateBuilder<string>();
        var outputs = ImmutableArray.CreateBuilder<string>();
        var attributes = ImmutableArray.CreateBuilder<string>();
        var defaults = ImmutableArray.CreateBuilder<OnnxAttribute>();
        var nodes = ImmutableArray.CreateBuilder<OnnxNode>();
        var opsets = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 4:
                    inputs.Add(reader.Text());
                    break;
                case 5:
                    outputs.Add(reader.Text());
                    break;
                case 6:
                    attributes.Add(reader.Text());
                    break;
                case 7:
                    nodes.Add(OnnxGraphReader.Node(reader.Message()));
                    break;
                case 9:
                    AddOpset(reader.Message(), opsets);
                    break;
                case 10:
                    domain = Canonical(reader.Text());
                    break;
                case 11:
                    defaults.Add(OnnxGraphReader.Attribute(reader.Message()));
                    break;
                case 13:
                    overload = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            Name = name,
            Domain = domain,
            Overload = overload,
            Inputs = inputs.DrainToImmutable(),
            Outputs = outputs.DrainToImmutable(),
            Attributes = attributes.DrainToImmutable(),
            Defaults = defaults.DrainToImmutable(),
            Nodes = nodes.DrainToImmutable(),
            OpsetImports = opsets.ToImmutable(),
        };
    }
}
