using SkiaSharp;

namespace Neptune.Data.Tests;

/// <summary>Image files that Skia writes.</summary>
internal static class Pictures
{
    public static byte[] Encode(
        int width,
        int height,
        Func<int, int, SKColor> color,
        SKEncodedImageFormat format = SKEncodedImageFormat.Png
    )
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, color(x, y));
        }
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    public static byte[] Grey(int width, int height, byte value) =>
        Encode(width, height, (_, _) => new SKColor(value, value, value));

    /// <summary>A 24-bit BMP, which Skia reads but does not write.</summary>
    public static byte[] Bmp(int width, int height, Func<int, int, SKColor> color)
    {
        var stride = ((width * 3) + 3) / 4 * 4;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("BM"u8);
        writer.Write(54 + (stride * height));
        writer.Write(0);
        writer.Write(54);
        writer.Write(40);
        writer.Write(width);
        writer.Write(height);
        writer.Write((short)1);
        writer.Write((short)24);
        for (var i = 0; i < 6; i++)
            writer.Write(i == 1 ? stride * height : 0);
        for (var y = height - 1; y >= 0; y--)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = color(x, y);
                writer.Write([pixel.Blue, pixel.Green, pixel.Red]);
            }
            writer.Write(new byte[stride - (width * 3)]);
        }
        return stream.ToArray();
    }
}
