using System.Buffers.Binary;

namespace Neptune.Formats;

/// <summary>Reads the fields of a structure one after the other; little endian.</summary>
internal ref struct Hdf5Cursor(Hdf5Input input, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The address that stands for none.</summary>
    public const long Undefined = -1;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Left => _bytes.Length - Position;

    public byte Byte() => Bytes(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>An address, or <see cref="Undefined"/>.</summary>
    public long Address() => Number(input.Sizes.Offset);

    /// <summary>A length, as the file writes lengths.</summary>
    public long Length() => Number(input.Sizes.Length);

    /// <summary>A number of so many bytes; all bits set is <see cref="Undefined"/>.</summary>
    public long Number(int size)
    {
        var bytes = Bytes(size);
        var number = 0UL;
        for (var i = size - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[i];
        }
        var all = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
        return number == all ? Undefined
            : number <= long.MaxValue ? (long)number
            : throw input.Damaged($"the number {number} is too great");
    }

    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > Left)
        {
            throw input.Damaged($"a structure of {_bytes.Length} bytes ends before its last field");
        }
        var bytes = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    public void Skip(long count) => Bytes(count);

    /// <summary>Moves to the next multiple of 8, counted from the beginning.</summary>
    public void Align() => Skip(Math.Min(Left, (8 - (Position % 8)) % 8));

    /// <summary>Throws unless these letters come next.</summary>
    public void Signature(ReadOnlySpan<byte> letters)
    {
        if (!Bytes(letters.Length).SequenceEqual(letters))
        {
            throw input.Damaged($"the letters {System.Text.Encoding.ASCII.GetString(letters)} are missing");
        }
    }
}
