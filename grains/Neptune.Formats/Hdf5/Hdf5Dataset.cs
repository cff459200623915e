using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The elements of a dataset (IV.A.2.i of the specification): in the header, in one piece, or in chunks.</summary>
internal static class Hdf5Dataset
{
    private const int Compact = 0;
    private const int Contiguous = 1;
    private const int Chunked = 2;

    // Weights hardly shrink when packed. What unpacks to far more than the file is there to fill the memory.
    private const int MaximumGrowth = 32;

    /// <summary>Checks what a header says, and prepares the reading.</summary>
    public static NamedTensor Of(Hdf5Input input, string path, List<Hdf5Message> header)
    {
        if (header.Any(m => m.Kind == Hdf5MessageKind.ExternalFiles))
        {
            throw input.Unknown($"the elements of {path} stand in another file", "Save the weights themselves.");
        }
        var type = Hdf5Datatype.Read(input, Content(Hdf5MessageKind.Datatype));
        var lengths = Hdf5Dataspace.Read(input, Content(Hdf5MessageKind.Dataspace));
        if (type.Element is not { } element)
        {
            throw input.Unknown($"the elements of {path} are no numbers of a known kind", "Save them as float32.");
        }
        var bytes = (Int128)Hdf5Dataspace.Count(lengths) * type.Size;
        var most = ((Int128)input.Length * MaximumGrowth) + (1 << 20);
        if (bytes > most || bytes > Array.MaxLength)
        {
            throw input.Unknown(
                $"{path} has {bytes} bytes, and at most {Int128.Min(most, Array.MaxLength)} are read from a file of {input.Length}",
                "Save it without compression."
            );
        }
        var layout = Content(Hdf5MessageKind.Layout);
        var filters = header.Find(m => m.Kind == Hdf5MessageKind.Filters);
        return new(path, element, Shape.Of(lengths.AsSpan()), Read);

        TensorValue Read()
        {
            var data = ReadLayout(input, path, layout, filters, lengths, type.Size, (int)bytes);
            if (type.IsBigEndian)
            {
                ReverseElements(data, type.Size);
            }
            return new(element, Shape.Of(lengths.AsSpan()), data);
        }

        byte[] Content(Hdf5MessageKind kind)
        {
            var message =
                header.Find(m => m.Kind == kind) ?? throw input.Damaged($"{path} is no dataset: it has no {kind}");
            return !message.IsShared
                ? message.Content
                : throw input.Unknown(
                    $"the {kind} of {path} stands elsewhere in the file",
                    "Save it with h5py's default settings."
                );
        }
    }

    private static byte[] ReadLayout(
        Hdf5Input input,
        string path,
        byte[] layout,
        Hdf5Message? filters,
        ImmutableArray<long> lengths,
        int elementSize,
        int bytes
    )
    {
        var cursor = new Hdf5Cursor(input, layout);
        var (version, kind) = (cursor.Byte(), cursor.Byte());
        if (version is not (3 or 4) || kind > Chunked)
        {
            throw input.Unknown(
                $"the elements of {path} lie in a form that is not known (version {version}, class {kind})",
                "Save it with h5py's default settings."
            );
        }
        switch (kind)
        {
            case Compact:
                return cursor.UInt16() == bytes
                    ? cursor.Bytes(bytes).ToArray()
                    : throw input.Damaged($"{path} does not have the {bytes} bytes of its shape");
            case Contiguous:
                var (address, size) = (cursor.Address(), cursor.Length());
                // What was never written has no place, and is zeros.
                return address == Hdf5Cursor.Undefined ? new byte[bytes]
                    : size == bytes ? input.Read(address, size)
                    : throw input.Damaged($"{path} has {size} bytes, and its shape needs {bytes}");
            default:
                var chunks = Hdf5Chunks.Of(input, path, version, ref cursor, lengths, elementSize);
                return chunks.Read(Hdf5Filters.Read(input, filters), bytes);
        }
    }

    private static void ReverseElements(byte[] data, int size)
    {
        for (var at = 0; at < data.Length; at += size)
        {
            data.AsSpan(at, size).Reverse();
        }
    }
}
