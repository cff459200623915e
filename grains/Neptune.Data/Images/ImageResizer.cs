namespace Neptune.Data;

/// <summary>
/// Resizes byte images with a triangle filter that widens as the image shrinks, so that every pixel counts: the method
/// of Pillow's <c>Image.Resampling.BILINEAR</c> (<c>src/libImaging/Resample.c</c>). The arithmetic is in fixed point, so the
/// bytes are the same on every machine.
/// </summary>
public static class ImageResizer
{
    private const int Precision = 22;

    /// <summary>Resizes an image of rows of pixels of channels.</summary>
    /// <param name="pixels">height · width · channels bytes.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="channels">Bytes in a pixel.</param>
    /// <param name="newHeight">Rows of the result.</param>
    /// <param name="newWidth">Pixels in a row of the result.</param>
    /// <returns>newHeight · newWidth · channels bytes; <paramref name="pixels"/> itself where the size is the same.</returns>
    public static byte[] Resize(byte[] pixels, int height, int width, int channels, int newHeight, int newWidth)
    {
        // Rows first, as Pillow does; long thin images the other way round, or what lies between would be huge.
        if ((long)height * newWidth <= ImageDecoder.MaxPixels)
        {
            var rows = ResizeRows(pixels, height, width, channels, newWidth);
            return ResizeColumns(rows, height, newWidth * channels, newHeight);
        }
        var columns = ResizeColumns(pixels, height, width * channels, newHeight);
        return ResizeRows(columns, newHeight, width, channels, newWidth);
    }

    private static byte[] ResizeRows(byte[] pixels, int height, int width, int channels, int newWidth)
    {
        if (width == newWidth)
            return pixels;
        var filter = Filter.Of(width, newWidth);
        var result = new byte[(long)height * newWidth * channels];
        for (var y = 0; y < height; y++)
        {
            var from = pixels.AsSpan(y * width * channels, width * channels);
            var to = result.AsSpan(y * newWidth * channels, newWidth * channels);
            for (var x = 0; x < newWidth; x++)
            {
                var weights = filter.Weights(x, out var first);
                for (var channel = 0; channel < channels; channel++)
                {
                    var sum = 1 << (Precision - 1);
                    for (var i = 0; i < weights.Length; i++)
                        sum += from[((first + i) * channels) + channel] * weights[i];
                    to[(x * channels) + channel] = ToByte(sum);
                }
            }
        }
        return result;
    }

    private static byte[] ResizeColumns(byte[] pixels, int height, int rowLength, int newHeight)
    {
        if (height == newHeight)
            return pixels;
        var filter = Filter.Of(height, newHeight);
        var result = new byte[(long)newHeight * rowLength];
        var sums = new int[rowLength];
        for (var y = 0; y < newHeight; y++)
        {
            var weights = filter.Weights(y, out var first);
            Array.Fill(sums, 1 << (Precision - 1));
            for (var i = 0; i < weights.Length; i++)
            {
                var from = pixels.AsSpan((first + i) * rowLength, rowLength);
                var weight = weights[i];
                for (var x = 0; x < from.Length; x++)
                    sums[x] += from[x] * weight;
            }
            var to = result.AsSpan(y * rowLength, rowLength);
            for (var x = 0; x < to.Length; x++)
                to[x] = ToByte(sums[x]);
        }
        return result;
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    /// <summary>For each place of the result, which places of the input count, and how much.</summary>
    private sealed record Filter(int[] First, int[] Counts, int[] All, int Stride)
    {
        public ReadOnlySpan<int> Weights(int place, out int first)
        {
            first = First[place];
            return All.AsSpan(place * Stride, Counts[place]);
        }

        public static Filter Of(int length, int newLength)
        {
            var scale = (double)length / newLength;
            var support = Math.Max(scale, 1.0);
            var stride = ((int)Math.Ceiling(support) * 2) + 1;
            var (first, counts, all) = (new int[newLength], new int[newLength], new int[newLength * stride]);
            var weights = new double[stride];
            for (var place = 0; place < newLength; place++)
            {
                var center = (place + 0.5) * scale;
                first[place] = Math.Max(0, (int)(center - support + 0.5));
                counts[place] = Math.Min(length, (int)(center + support + 0.5)) - first[place];
                var total = 0.0;
                for (var i = 0; i < counts[place]; i++)
                {
                    var distance = Math.Abs((i + first[place] - center + 0.5) / support);
                    total += weights[i] = Math.Max(0.0, 1.0 - distance);
                }
                for (var i = 0; i < counts[place]; i++)
                    all[(place * stride) + i] = (int)(0.5 + (weights[i] / total * (1 << Precision)));
            }
            return new Filter(first, counts, all, stride);
        }
    }
}
