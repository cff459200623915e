using System.Buffers.Binary;
using System.Text;

namespace Neptune.Formats;

/// <summary>The bytes of pickles that are not trusted, read front to back; every error names file and position.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="where">Names the file, and the entry in it.</param>
internal sealed class PickleInput(ReadOnlyMemory<byte> bytes, string where)
{
    /// <summary>A longer line of a text opcode is refused: module and class names are short.</summary>
    private const int MaximumLine = 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where the next byte stands.</summary>
    public int Position { get; private set; }

    public int Length => bytes.Length;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Float64BigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>The next bytes; nothing is copied.</summary>
    /// <exception cref="ModelFileException">There are fewer.</exception>
    public ReadOnlySpan<byte> Take(ulong count) => TakeMemory(count).Span;

    /// <summary>The next bytes; nothing is copied.</summary>
    /// <exception cref="ModelFileException">There are fewer.</exception>
    public ReadOnlyMemory<byte> TakeMemory(ulong count)
    {
        var left = bytes.Length - Position;
        if (count > (ulong)left)
        {
            throw Error(
                Position,
                $"{count} bytes are declared where {left} are left: the file is cut off or damaged. Copy or download it "
                    + "again."
            );
        }
        var taken = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public string Text(ulong count)
    {
        var begin = Position;
        return Decode(Take(count), begin);
    }

    /// <summary>The text up to the next line feed.</summary>
    public string Line()
    {
        var begin = Position;
        var rest = bytes.Span[begin..];
        var length = rest[..Math.Min(rest.Length, MaximumLine)].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Error(
                begin,
                $"a name does not end within {MaximumLine} bytes. It is not a file that torch.save wrote."
            );
        }
        Position += length + 1;
        return Decode(rest[..length], begin);
    }

    public ModelFileException Error(int position, string problem) => new($"{where}, byte {position}: {problem}");

    private string Decode(ReadOnlySpan<byte> text, int begin)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFileException($"{where}, byte {begin}: a text is not valid UTF-8.", e);
        }
    }
}
