using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// How Caffe draws first weights (include/caffe/filler.hpp), in Neptune's terms: fan-in is the number of elements over the
/// first length, fan-out that over the second.
/// </summary>
internal static class CaffeFillers
{
    /// <summary>The initializer that a filler stands for.</summary>
    /// <exception cref="CaffeRefusedException">There is none for it.</exception>
    public static Initializer Of(CaffeMessage filler, Shape shape)
    {
        var type = filler.Text("type");
        if (filler.Has("sparse") && filler.Whole("sparse") >= 0)
        {
            throw new CaffeRefusedException("a filler with sparse weights is not known");
        }
        return type switch
        {
            "constant" => new Initializer.Constant(filler.Real("value")),
            "uniform" => new Initializer.Uniform(filler.Real("min"), filler.Real("max")),
            "gaussian" => new Initializer.Normal(filler.Real("mean"), filler.Real("std")),
            "xavier" => Xavier(filler, shape),
            "msra" => Msra(filler, shape),
            "bilinear" => Initializer.Zeros, // its values are no draws: Bilinear
            _ => throw new CaffeRefusedException($"the filler {type} is not known"),
        };
    }

    /// <summary>The weights of an interpolation, where the filler is bilinear; null for others.</summary>
    /// <exception cref="CaffeRefusedException">The filters are not square.</exception>
    public static TensorValue? Bilinear(CaffeMessage filler, Shape shape)
    {
        if (filler.Text("type") != "bilinear")
        {
            return null;
        }
        if (shape.Rank != 4 || shape[2] != shape[3])
        {
            throw new CaffeRefusedException("the filler bilinear is for square filters");
        }
        var width = shape[3].Length;
        var half = Math.Ceiling(width / 2.0);
        var center = (width - 1) / (2 * half);
        var values = new float[shape.ElementCount()];
        for (var i = 0; i < values.Length; i++)
        {
            var (x, y) = (i % width, i / width % width);
            values[i] = (float)((1 - Math.Abs((x / half) - center)) * (1 - Math.Abs((y / half) - center)));
        }
        return new(ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    // Uniform in +-sqrt(3 / n).
    private static Initializer.GlorotUniform Xavier(CaffeMessage filler, Shape shape)
    {
        var (fanIn, fanOut) = Fans(shape);
        return filler.Text("variance_norm") switch
        {
            "FAN_OUT" => new(fanOut, fanOut),
            "AVERAGE" => new(fanIn, fanOut),
            _ => new(fanIn, fanIn),
        };
    }

    // Normal with deviation sqrt(2 / n).
    private static Initializer Msra(CaffeMessage filler, Shape shape)
    {
        var (fanIn, fanOut) = Fans(shape);
        return filler.Text("variance_norm") switch
        {
            "FAN_OUT" => new Initializer.HeNormal(fanOut),
            "AVERAGE" => new Initializer.Normal(0, (float)Math.Sqrt(4.0 / (fanIn + fanOut))),
            _ => new Initializer.HeNormal(fanIn),
        };
    }

    private static (long In, long Out) Fans(Shape shape)
    {
        var count = shape.ElementCount();
        return shape.Rank == 0 ? (1, 1)
            : count == 0 ? throw new CaffeRefusedException("weights without elements cannot be drawn")
            : (count / shape[0].Length, shape.Rank > 1 ? count / shape[1].Length : count);
    }
}
