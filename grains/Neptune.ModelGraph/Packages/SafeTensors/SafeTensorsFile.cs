using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// Tensors in the safetensors format (https://huggingface.co/docs/safetensors): 8 bytes with the header's length, a JSON
/// header of types, shapes and offsets, then the elements without gaps, little endian. Any reader of the format reads what
/// is written here.
/// </summary>
public static class SafeTensorsFile
{
    /// <summary>A longer header is refused, as by the reference implementation.</summary>
    public const int MaximumHeaderBytes = 100_000_000;

    private const int MaximumDepth = 8;

    /// <summary>
    /// Writes tensors: those with wide elements first, so that all are aligned, and among equals by name. Equal tensors give
    /// equal bytes.
    /// </summary>
    /// <param name="target">Receives the file; need not be seekable.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Texts for the header's <c>__metadata__</c>.</param>
    /// <exception cref="PackageException">A tensor's bytes do not fit its shape, or a name is not allowed.</exception>
    public static void Write(
        Stream target,
        IReadOnlyDictionary<string, TensorValue> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var ordered = tensors
            .OrderByDescending(tensor => tensor.Value.Type.SizeBytes())
            .ThenBy(tensor => tensor.Key, StringComparer.Ordinal)
            .ToArray();
        foreach (var (name, tensor) in ordered)
        {
            Check(name, tensor);
        }
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        target.Write(length);
        target.Write(header);
        foreach (var (_, tensor) in ordered)
        {
            target.Write(tensor.Bytes.Span);
        }
    }

    /// <summary>Reads all tensors of a file, which is not trusted.</summary>
    /// <param name="source">Stands at the file's begin; is read to its end.</param>
    /// <param name="nameForErrors">What errors call the file.</param>
    /// <exception cref="PackageException">The file is truncated or not valid; the message says where.</exception>
    public static ImmutableSortedDictionary<string, TensorValue> Read(Stream source, string nameForErrors)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.CanSeek)
        {
            // The format does not say how long it is before its header is read.
            using var copy = new MemoryStream();
            source.CopyTo(copy);
            copy.Position = 0;
            return Read(copy, nameForErrors);
        }
        using var input = new BoundedInput(source, source.Length - source.Position, nameForErrors);
        try
        {
            return Read(input);
        }
        catch (GraphException e)
        {
            throw new PackageException($"{nameForErrors}: {e.Message}", e);
        }
    }

    internal static ImmutableSortedDictionary<string, TensorValue> Read(BoundedInput input)
    {
        var length = BinaryPrimitives.ReadInt64LittleEndian(input.Read(8));
        if (length is < 2 or > MaximumHeaderBytes || length > input.Remaining)
        {
            throw new PackageException(
                $"{input.Where} is no safetensors file: its header would have {length} bytes, and the file has "
                    + $"{input.Remaining} more. Give a file in the safetensors format."
            );
        }
        var header = JsonInput.Read(input.Read(length), MaximumHeaderBytes, MaximumDepth, ReadHeader);
        var tensors = ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
        var position = 0L;
        foreach (var entry in header.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != position)
            {
                throw new PackageException(
                    $"{input.Where}: tensor {entry.Name} begins at byte {entry.Begin}, and the one before it ends at "
                        + $"{position}. Tensors must stand without gaps or overlaps."
                );
            }
            var bytes = input.Read(entry.End - entry.Begin);
            if (entry.Type == ElementType.Boolean && bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw new PackageException($"{input.Where}: tensor {entry.Name} holds booleans other than 0 and 1.");
            }
            tensors.Add(entry.Name, new(entry.Type, entry.Shape, bytes));
            position = entry.End;
        }
        return input.Remaining == 0
            ? tensors.ToImmutable()
            : throw new PackageException($"{input.Where}: {input.Remaining} bytes stand behind the last tensor.");
    }

    private static List<Entry> ReadHeader(JsonInput input)
    {
        var entries = new List<Entry>();
        foreach (var (name, value) in input.Fields())
        {
            if (name == "__metadata__")
            {
                foreach (var (_, text) in value.Fields())
                {
                    text.Text();
                }
                continue;
            }
            value.RequireFields("dtype", "shape", "data_offsets");
            var type = value["dtype"].OneOf(SafeTensorsType.ByName);
            var shape = value["shape"].Array(length => length.Int64());
            var offsets = value["data_offsets"].Array(offset => offset.Int64());
            if (shape.Any(length => length < 0))
            {
                throw value["shape"].Error("holds a negative length.");
            }
            if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            {
                throw value["data_offsets"].Error("must be two numbers from 0 that do not fall: begin and end.");
            }
            var sizeBytes = type.SizeBytes(shape);
            if (sizeBytes != offsets[1] - offsets[0])
            {
                throw value.Error(
                    $"shape ({string.Join(", ", shape)}) of {type} does not take {offsets[1] - offsets[0]} bytes."
                );
            }
            entries.Add(new(name, type, Shape.Of(shape.AsSpan()), offsets[0], offsets[1]));
        }
        return entries;
    }

    private static byte[] Header(
        KeyValuePair<string, TensorValue>[] ordered,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        var json = JsonOutput.Write(json =>
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(text => text.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var (name, tensor) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafeTensorsType.Name(tensor.Type));
                json.WriteStartArray("shape");
                foreach (var length in tensor.Shape.ToArray())
                {
                    json.WriteNumberValue(length);
                }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
        var padded = new byte[(json.Length + 7) / 8 * 8];
        padded.AsSpan(json.Length).Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private static void Check(string name, TensorValue tensor)
    {
        if (name == "__metadata__")
        {
            throw new PackageException(
                "A tensor cannot be called __metadata__: the safetensors format uses that name."
            );
        }
        if (!tensor.Shape.IsFixed)
        {
            throw new PackageException($"Tensor {name} has shape {tensor.Shape}. Its lengths must be fixed numbers.");
        }
        var sizeBytes = tensor.Type.SizeBytes(tensor.Shape.ToArray());
        if (sizeBytes != tensor.Bytes.Length)
        {
            throw new PackageException(
                $"Tensor {name} has {tensor.Bytes.Length} bytes, and shape {tensor.Shape} of {tensor.Type} takes {sizeBytes}."
            );
        }
    }

    private sealed record Entry(string Name, ElementType Type, Shape Shape, long Begin, long End);
}
