using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// One array in NumPy's format, versions 1 to 3
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Objects are never read.
/// </summary>
public static partial class NpyFile
{
    private const int PrefixBytes = 10;
    private const int LongPrefixBytes = 12;

    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["<f4"] = ElementType.Float32,
        ["<f8"] = ElementType.Float64,
        ["<f2"] = ElementType.Float16,
        ["|i1"] = ElementType.Int8,
        ["<i2"] = ElementType.Int16,
        ["<i4"] = ElementType.Int32,
        ["<i8"] = ElementType.Int64,
        ["|u1"] = ElementType.UInt8,
        ["<u2"] = ElementType.UInt16,
        ["<u4"] = ElementType.UInt32,
        ["<u8"] = ElementType.UInt64,
        ["|b1"] = ElementType.Boolean,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is no array of numbers in C order.</exception>
    public static TensorValue Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"The file '{path}' cannot be read: {error.Message}", error);
        }
        return Parse(bytes, path);
    }

    /// <summary>Writes an array.</summary>
    /// <exception cref="ArgumentException">NumPy has no such element type.</exception>
    public static byte[] Write(TensorValue value)
    {
        var type = Types.FirstOrDefault(t => t.Value == value.Type).Key;
        if (type is null)
        {
            throw new ArgumentException($"NumPy has no element type {value.Type}.", nameof(value));
        }
        var lengths = value.Shape.ToArray();
        var shape = lengths.Length == 1 ? $"({lengths[0]},)" : $"({string.Join(", ", lengths)})";
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        // All in front of the elements is a multiple of 64 bytes long, and ends in a line feed.
        var padded = (PrefixBytes + header.Length + 1 + 63) / 64 * 64;
        header = header.PadRight(padded - PrefixBytes - 1) + "\n";
        return
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)(header.Length & 0xff),
            (byte)(header.Length >> 8),
            .. Encoding.ASCII.GetBytes(header),
            .. value.Bytes.Span,
        ];
    }

    private static TensorValue Parse(byte[] bytes, string path)
    {
        if (bytes.Length < LongPrefixBytes || bytes[0] != 0x93 || !bytes.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw Error(path, "it is no NumPy array. Write one by numpy.save.");
        }
        var start = bytes[6] == 1 ? PrefixBytes : LongPrefixBytes;
        long length = bytes[6] == 1 ? BitConverter.ToUInt16(bytes, 8) : BitConverter.ToUInt32(bytes, 8);
        if (bytes[6] is < 1 or > 3 || start + length > bytes.Length)
        {
            throw Error(path, $"its header of version {bytes[6]} and {length} bytes is damaged.");
        }
        var header = Encoding.UTF8.GetString(bytes, start, (int)length);
        var name = TypeField().Match(header).Groups[1].Value;
        if (!Types.TryGetValue(name, out var type))
        {
            throw Error(path, $"its elements are '{name}'. Known are {string.Join(", ", Types.Keys)}; use astype.");
        }
        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw Error(path, "its elements are not in C order. Use numpy.ascontiguousarray.");
        }
        var shape = ShapeField().Match(header);
        var lengths = shape
            .Groups[1]
            .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1)
            .ToArray();
        var wanted = type.SizeBytes(lengths);
        var data = bytes.AsMemory(start + (int)length);
        return shape.Success && !lengths.Contains(-1) && wanted == data.Length
            ? new(type, Shape.Of(lengths), data)
            : throw Error(path, $"its header says {header.Trim()}, and {data.Length} bytes of elements follow.");
    }

    private static ModelFileException Error(string path, string problem) => new($"{path}: {problem}");

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex TypeField();

    [GeneratedRegex("'shape': *\\(([0-9, ]*)\\)")]
    private static partial Regex ShapeField();
}
