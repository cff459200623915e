using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The elements of a constant as numbers to compute with: real ones as binary64, others as 64-bit integers.</summary>
internal sealed class TensorFlowNumbers
{
    private readonly double[]? _reals;
    private readonly long[]? _wholes;

    private TensorFlowNumbers(ElementType type, Shape shape, double[]? reals, long[]? wholes)
    {
        (Type, Shape, _reals, _wholes) = (type, shape, reals, wholes);
    }

    /// <summary>What an element is.</summary>
    public ElementType Type { get; }

    /// <summary>The lengths.</summary>
    public Shape Shape { get; }

    /// <summary>True for real numbers.</summary>
    public bool IsReal => _reals is not null;

    /// <summary>How many there are.</summary>
    public int Count => _reals?.Length ?? _wholes!.Length;

    /// <summary>Takes a constant.</summary>
    public static TensorFlowNumbers Of(TensorValue value) =>
        value.Type switch
        {
            ElementType.Float32 => Reals<float>(value, x => x),
            ElementType.Float64 => Reals<double>(value, x => x),
            ElementType.Float16 => Reals<Half>(value, x => (double)x),
            ElementType.BFloat16 => Reals<ushort>(value, x => BitConverter.UInt32BitsToSingle((uint)x << 16)),
            ElementType.Int8 => Wholes<sbyte>(value, x => x),
            ElementType.Int16 => Wholes<short>(value, x => x),
            ElementType.Int32 => Wholes<int>(value, x => x),
            ElementType.Int64 => Wholes<long>(value, x => x),
            ElementType.UInt16 => Wholes<ushort>(value, x => x),
            ElementType.UInt32 => Wholes<uint>(value, x => x),
            ElementType.UInt64 => Wholes<ulong>(value, x => unchecked((long)x)),
            _ => Wholes<byte>(value, x => x),
        };

    /// <summary>An element as a real number.</summary>
    public double At(int place) => _reals is { } reals ? reals[place] : _wholes![place];

    /// <summary>An element as a whole number; that of a real number is cut towards 0.</summary>
    public long Whole(int place) => _wholes is { } wholes ? wholes[place] : (long)_reals![place];

    /// <summary>A constant of real numbers that are functions of their place.</summary>
    public static TensorValue Make(ElementType type, Shape shape, Func<int, double> element)
    {
        var bytes = new byte[checked((int)shape.ElementCount() * type.SizeBytes())];
        switch (type)
        {
            case ElementType.Float32:
                Fill<float>(bytes, i => (float)element(i));
                break;
            case ElementType.Float64:
                Fill(bytes, element);
                break;
            case ElementType.Float16:
                Fill<Half>(bytes, i => (Half)element(i));
                break;
            default:
                Fill<ushort>(bytes, i => (ushort)(BitConverter.SingleToUInt32Bits((float)element(i)) >> 16));
                break;
        }
        return new(type, shape, bytes);
    }

    /// <summary>A constant of whole numbers or truth values that are functions of their place.</summary>
    public static TensorValue MakeWhole(ElementType type, Shape shape, Func<int, long> element)
    {
        var bytes = new byte[checked((int)shape.ElementCount() * type.SizeBytes())];
        switch (type.SizeBytes())
        {
            case 1:
                Fill<byte>(bytes, i => unchecked((byte)element(i)));
                break;
            case 2:
                Fill<short>(bytes, i => unchecked((short)element(i)));
                break;
            case 4:
                Fill<int>(bytes, i => unchecked((int)element(i)));
                break;
            default:
                Fill(bytes, element);
                break;
        }
        return new(type, shape, bytes);
    }

    private static TensorFlowNumbers Reals<T>(TensorValue value, Func<T, double> number)
        where T : unmanaged => new(value.Type, value.Shape, Map(value, number), null);

    private static TensorFlowNumbers Wholes<T>(TensorValue value, Func<T, long> number)
        where T : unmanaged => new(value.Type, value.Shape, null, Map(value, number));

    private static TResult[] Map<T, TResult>(TensorValue value, Func<T, TResult> number)
        where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(value.Bytes.Span);
        var result = new TResult[elements.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = number(elements[i]);
        }
        return result;
    }

    private static void Fill<T>(byte[] bytes, Func<int, T> element)
        where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = element(i);
        }
    }
}
