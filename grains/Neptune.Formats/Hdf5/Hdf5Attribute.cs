using System.Collections.Immutable;
using System.Text;

namespace Neptune.Formats;

/// <summary>An attribute of an object (IV.A.2.m of the specification).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What an element is.</param>
/// <param name="Lengths">Its lengths; none for a single element.</param>
/// <param name="Data">The elements' bytes.</param>
internal sealed record Hdf5Attribute(string Name, Hdf5Datatype Type, ImmutableArray<long> Lengths, byte[] Data)
{
    /// <summary>Reads an attribute message.</summary>
    public static Hdf5Attribute Read(Hdf5Input input, ReadOnlySpan<byte> message)
    {
        var cursor = new Hdf5Cursor(input, message);
        var version = cursor.Byte();
        var flags = cursor.Byte();
        if (version is < 1 or > 3)
        {
            throw input.Damaged($"an attribute is of version {version}");
        }
        var (nameLength, typeLength, spaceLength) = (cursor.UInt16(), cursor.UInt16(), cursor.UInt16());
        cursor.Skip(version == 3 ? 1 : 0);
        var name = Encoding.UTF8.GetString(cursor.Bytes(nameLength)).TrimEnd('\0');
        Align(ref cursor);
        var type = cursor.Bytes(typeLength);
        Align(ref cursor);
        var space = cursor.Bytes(spaceLength);
        Align(ref cursor);
        if (version > 1 && (flags & 3) != 0)
        {
            throw input.Unknown(
                $"attribute {name} has a type that stands elsewhere in the file",
                "Save it with h5py's default settings."
            );
        }
        return new(
            name,
            Hdf5Datatype.Read(input, type),
            Hdf5Dataspace.Read(input, space),
            cursor.Bytes(cursor.Left).ToArray()
        );

        void Align(ref Hdf5Cursor at)
        {
            if (version == 1)
            {
                at.Align();
            }
        }
    }

    /// <summary>Its elements as texts.</summary>
    /// <exception cref="ModelFileException">They are no texts, or damaged.</exception>
    public ImmutableArray<string> Texts(Hdf5Input input)
    {
        var count = Hdf5Dataspace.Count(Lengths);
        // h5py keeps an empty list as numbers.
        if (count == 0)
        {
            return [];
        }
        if (Type.Text is not { } form || count > Data.Length / Type.Size)
        {
            throw input.Damaged($"attribute {Name} is no text");
        }
        var texts = ImmutableArray.CreateBuilder<string>((int)count);
        var cursor = new Hdf5Cursor(input, Data);
        for (var i = 0L; i < count; i++)
        {
            var element = cursor.Bytes(Type.Size);
            var bytes = form == Hdf5Text.Variable ? Hdf5GlobalHeap.Read(input, element) : element;
            var end = bytes.IndexOf((byte)0);
            texts.Add(Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]));
        }
        return texts.MoveToImmutable();
    }
}
