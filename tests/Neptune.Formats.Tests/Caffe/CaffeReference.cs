namespace Neptune.Formats.Tests;

/// <summary>Caffe's layers, element by element, as their page and CPU code say (src/caffe/layers).</summary>
internal static class CaffeReference
{
    /// <summary>Convolution; the weight is (outputs, channels / group, height, width).</summary>
    public static Blob4 Convolution(
        Blob4 x,
        Blob4 weight,
        float[]? bias,
        int stride,
        int pad,
        int dilation = 1,
        int group = 1
    )
    {
        var (height, width) = (Size(x.H, weight.H), Size(x.W, weight.W));
        var (inputs, outputs) = (x.C / group, weight.N / group);
        return Blob4.Of(
            x.N,
            weight.N,
            height,
            width,
            (n, m, y, z) =>
            {
                var sum = bias is null ? 0.0 : bias[m];
                for (var c = 0; c < inputs; c++)
                {
                    for (var i = 0; i < weight.H; i++)
                    {
                        for (var j = 0; j < weight.W; j++)
                        {
                            var (row, column) = (
                                (y * stride) - pad + (i * dilation),
                                (z * stride) - pad + (j * dilation)
                            );
                            if (row >= 0 && row < x.H && column >= 0 && column < x.W)
                            {
                                sum += weight[m, c, i, j] * x[n, (m / outputs * inputs) + c, row, column];
                            }
                        }
                    }
                }
                return sum;
            }
        );

        int Size(int length, int kernel) => ((length + (2 * pad) - ((dilation * (kernel - 1)) + 1)) / stride) + 1;
    }

    /// <summary>Deconvolution: each element adds its weights to a window; the weight is (channels, outputs / group, ...).</summary>
    public static Blob4 Deconvolution(Blob4 x, Blob4 weight, float[]? bias, int stride, int pad, int group = 1)
    {
        var (inputs, outputs) = (x.C / group, weight.C);
        var result = Blob4.Of(
            x.N,
            outputs * group,
            (stride * (x.H - 1)) + weight.H - (2 * pad),
            (stride * (x.W - 1)) + weight.W - (2 * pad),
            (_, m, _, _) => bias is null ? 0 : bias[m]
        );
        for (var n = 0; n < x.N; n++)
        {
            for (var c = 0; c < x.C; c++)
            {
                for (var y = 0; y < x.H; y++)
                {
                    for (var z = 0; z < x.W; z++)
                    {
                        for (var m = 0; m < outputs; m++)
                        {
                            for (var i = 0; i < weight.H; i++)
                            {
                                for (var j = 0; j < weight.W; j++)
                                {
                                    var (row, column) = ((y * stride) - pad + i, (z * stride) - pad + j);
                                    if (row >= 0 && row < result.H && column >= 0 && column < result.W)
                                    {
                                        result[n, (c / inputs * outputs) + m, row, column] +=
                                            weight[c, m, i, j] * x[n, c, y, z];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return result;
    }

    /// <summary>Pooling with sizes rounded up or down, and the last window kept inside the image and the padding before it.</summary>
    public static Blob4 Pooling(Blob4 x, bool isMax, int kernel, int stride, int pad, bool isCeiling = true)
    {
        var (height, width) = (Size(x.H), Size(x.W));
        return Blob4.Of(
            x.N,
            x.C,
            height,
            width,
            (n, c, y, z) =>
            {
                var (top, left) = ((y * stride) - pad, (z * stride) - pad);
                var (bottom, right) = (Math.Min(top + kernel, x.H + pad), Math.Min(left + kernel, x.W + pad));
                var count = (bottom - top) * (right - left);
                var (sum, most) = (0.0, double.NegativeInfinity);
                for (var i = Math.Max(top, 0); i < Math.Min(bottom, x.H); i++)
                {
                    for (var j = Math.Max(left, 0); j < Math.Min(right, x.W); j++)
                    {
                        sum += x[n, c, i, j];
                        most = Math.Max(most, x[n, c, i, j]);
                    }
                }
                return isMax ? most : sum / count;
            }
        );

        int Size(int length)
        {
            var steps = (double)(length + (2 * pad) - kernel) / stride;
            var size = (int)(isCeiling ? Math.Ceiling(steps) : Math.Floor(steps)) + 1;
            return pad > 0 && (size - 1) * stride >= length + pad ? size - 1 : size;
        }
    }

    /// <summary>Local response normalization across channels.</summary>
    public static Blob4 LrnAcross(Blob4 x, int size, double alpha, double beta, double k) =>
        Blob4.Of(
            x.N,
            x.C,
            x.H,
            x.W,
            (n, c, y, z) =>
            {
                var sum = 0.0;
                for (var j = Math.Max(0, c - (size / 2)); j <= Math.Min(x.C - 1, c + (size / 2)); j++)
                {
                    sum += x[n, j, y, z] * x[n, j, y, z];
                }
                return x[n, c, y, z] * Math.Pow(k + (alpha / size * sum), -beta);
            }
        );

    /// <summary>Local response normalization within a channel.</summary>
    public static Blob4 LrnWithin(Blob4 x, int size, double alpha, double beta)
    {
        var means = Pooling(x.Map(v => v * v), isMax: false, size, 1, (size - 1) / 2);
        return Blob4.Of(
            x.N,
            x.C,
            x.H,
            x.W,
            (n, c, y, z) => x[n, c, y, z] * Math.Pow(1 + (alpha * means[n, c, y, z]), -beta)
        );
    }

    /// <summary>Mean 0 and deviation 1 over the image, or over all channels too.</summary>
    public static Blob4 Mvn(Blob4 x, bool isAcross, bool hasVariance, double epsilon) =>
        Blob4.Of(
            x.N,
            x.C,
            x.H,
            x.W,
            (n, c, y, z) =>
            {
                var values = new List<double>();
                for (var j = isAcross ? 0 : c; j <= (isAcross ? x.C - 1 : c); j++)
                {
                    for (var i = 0; i < x.H * x.W; i++)
                    {
                        values.Add(x[n, j, i / x.W, i % x.W]);
                    }
                }
                var mean = values.Average();
                var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
                return (x[n, c, y, z] - mean) / (hasVariance ? deviation + epsilon : 1);
            }
        );
}
