using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// How each element along a resized axis is made of elements of the input: a few of them, each with its weight.
/// Formulas are those of ONNX's page on Resize.
/// </summary>
internal sealed class ResizeWeights
{
    private const int MostGathered = 4;

    private readonly long _length;
    private readonly long[][] _places; // [tap][output]
    private readonly double[][] _weights;
    private readonly bool[] _outside;

    private ResizeWeights(long length, long[][] places, double[][] weights, bool[] outside) =>
        (_length, _places, _weights, _outside) = (length, places, weights, outside);

    public static ResizeWeights Of(ResizeSettings settings, ResizeKey key)
    {
        var (first, count) = Taps(settings, key.Scale);
        var places = Enumerable.Range(0, count).Select(_ => new long[key.Output]).ToArray();
        var weights = Enumerable.Range(0, count).Select(_ => new double[key.Output]).ToArray();
        var outside = new bool[key.Output];
        for (var i = 0L; i < key.Output; i++)
        {
            var x = Coordinate(settings, key, i);
            outside[i] = settings.Crops && (x < 0 || x > key.Length - 1);
            var floor = Math.Floor(x);
            var ratio = x - floor;
            var start = settings.Mode == "nearest" ? Nearest(settings.Rounding, x) : (long)floor + first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++)
            {
                var place = start + tap;
                var isOutside = place < 0 || place >= key.Length;
                var weight = settings.Mode switch
                {
                    "nearest" => 1,
                    "linear" => Linear(first + tap - ratio, Shrink(settings, key.Scale)),
                    _ => Cubic(first + tap - ratio, Shrink(settings, key.Scale), settings.CubicA),
                };
                weights[tap][i] = isOutside && settings.ExcludesOutside ? 0 : weight;
                places[tap][i] = Math.Clamp(place, 0, key.Length - 1);
                sum += weights[tap][i];
            }
            for (var tap = 0; tap < count && (settings.ExcludesOutside || settings.Antialias) && sum != 0; tap++)
            {
                weights[tap][i] /= sum;
            }
        }
        return new(key.Length, places, weights, outside);
    }

    public torch.Tensor Apply(torch.Tensor x, int axis, double extrapolation)
    {
        var y = Combine(x, axis);
        if (!_outside.Contains(true))
        {
            return y;
        }
        var shape = Enumerable.Range(0, (int)x.dim()).Select(d => d == axis ? _outside.Length : 1L).ToArray();
        using var mask = torch.tensor(_outside, device: x.device);
        return y.masked_fill(mask.reshape(shape), Scalars.Of(extrapolation));
    }

    private torch.Tensor Combine(torch.Tensor x, int axis)
    {
        var isNearest = _places.Length == 1;
        if (isNearest && Repeats() is { } times)
        {
            long[] expanded = [.. x.shape[..(axis + 1)], times, .. x.shape[(axis + 1)..]];
            return x.unsqueeze(axis + 1).expand(expanded).flatten(axis, axis + 1);
        }
        // The gradient of gathered elements adds in no fixed order on a GPU; that of a product does not.
        var gathers = _places.Length <= MostGathered && (x.device_type == DeviceType.CPU || !x.requires_grad);
        if (!gathers && x.is_floating_point())
        {
            var matrix = Matrix().to(x.dtype, x.device);
            return x.transpose(axis, -1).matmul(matrix).transpose(axis, -1);
        }
        torch.Tensor? sum = null;
        for (var tap = 0; tap < _places.Length; tap++)
        {
            using var places = torch.tensor(_places[tap], device: x.device);
            var part = x.index_select(axis, places);
            if (!isNearest)
            {
                using var weights = torch.tensor(_weights[tap]);
                var shape = Enumerable.Range(0, (int)x.dim()).Select(d => d == axis ? -1L : 1L).ToArray();
                part = part.mul(weights.to(x.dtype, x.device).reshape(shape));
            }
            sum = sum is null ? part : sum.add(part, Scalars.One);
        }
        return sum!;
    }

    // Where each element is just repeated, as in twice the size.
    private long? Repeats()
    {
        var (places, output) = (_places[0], _places[0].Length);
        if (output == 0 || output % _length != 0)
        {
            return null;
        }
        var times = output / _length;
        return Enumerable.Range(0, output).All(i => places[i] == i / times) ? times : null;
    }

    private torch.Tensor Matrix()
    {
        var matrix = new double[_length, _outside.Length];
        for (var tap = 0; tap < _places.Length; tap++)
        {
            for (var i = 0; i < _outside.Length; i++)
            {
                matrix[_places[tap][i], i] += _weights[tap][i];
            }
        }
        return torch.tensor(matrix);
    }

    private static double Coordinate(ResizeSettings settings, ResizeKey key, long i)
    {
        var output = key.Scale * key.Length;
        return settings.Coordinates switch
        {
            "align_corners" => output == 1 ? 0 : i * (key.Length - 1.0) / (output - 1),
            "asymmetric" => i / key.Scale,
            "tf_half_pixel_for_nn" => (i + 0.5) / key.Scale,
            "tf_crop_and_resize" => (key.Begin * (key.Length - 1))
                + (
                    output == 1
                        ? (key.End - key.Begin) * (key.Length - 1) / 2
                        : i * (key.End - key.Begin) * (key.Length - 1) / (output - 1)
                ),
            "pytorch_half_pixel" => output == 1 ? -0.5 : ((i + 0.5) / key.Scale) - 0.5,
            "half_pixel_symmetric" => (key.Length / 2.0 * (1 - (key.Output / output))) + ((i + 0.5) / key.Scale) - 0.5,
            _ => ((i + 0.5) / key.Scale) - 0.5,
        };
    }

    private static long Nearest(string rounding, double x) =>
        (long)(
            rounding switch
            {
                "floor" => Math.Floor(x),
                "ceil" => Math.Ceiling(x),
                "round_prefer_ceil" => Math.Floor(x + 0.5),
                _ => Math.Ceiling(x - 0.5),
            }
        );

    // Where an image shrinks, antialias widens the window so that every element counts.
    private static double Shrink(ResizeSettings settings, double scale) => settings.Antialias ? Math.Min(scale, 1) : 1;

    private static (long First, int Count) Taps(ResizeSettings settings, double scale)
    {
        if (settings.Mode == "nearest")
        {
            return (0, 1);
        }
        var reach = settings.Mode == "linear" ? 1 : 2;
        var first = (long)Math.Floor(-reach / Shrink(settings, scale)) + 1;
        return (first, (int)(2 - (2 * first)));
    }

    private static double Linear(double distance, double shrink) => Math.Max(0, 1 - Math.Abs(distance * shrink));

    private static double Cubic(double distance, double shrink, double a)
    {
        var x = Math.Abs(distance * shrink);
        return x <= 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * a
            : 0;
    }
}
