using SkiaSharp;

namespace Neptune.Data;

/// <summary>Decoded pixels with the wanted channels, row by row.</summary>
internal readonly record struct Pixels(byte[] Values, int Height, int Width)
{
    /// <summary>Puts RGBA pixels over white, keeps grey or colour, and turns them as the EXIF orientation says.</summary>
    public static Pixels Upright(byte[] rgba, int width, int height, int channels, SKEncodedOrigin origin)
    {
        var swaps = origin >= SKEncodedOrigin.LeftTop;
        var (outHeight, outWidth) = swaps ? (width, height) : (height, width);
        var values = new byte[(long)outHeight * outWidth * channels];
        for (var y = 0; y < outHeight; y++)
        {
            for (var x = 0; x < outWidth; x++)
            {
                var (fileX, fileY) = Source(x, y, width, height, origin);
                var from = rgba.AsSpan(((fileY * width) + fileX) * 4, 4);
                var to = values.AsSpan(((y * outWidth) + x) * channels, channels);
                var red = OverWhite(from[0], from[3]);
                var green = OverWhite(from[1], from[3]);
                var blue = OverWhite(from[2], from[3]);
                if (channels == 3)
                    (to[0], to[1], to[2]) = (red, green, blue);
                else
                    to[0] = (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
            }
        }
        return new Pixels(values, outHeight, outWidth);
    }

    // Names of origins say where the file's first row and first column are to be seen.
    private static (int X, int Y) Source(int x, int y, int width, int height, SKEncodedOrigin origin) =>
        origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1 - x, y),
            SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
            SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
            SKEncodedOrigin.LeftTop => (y, x),
            SKEncodedOrigin.RightTop => (y, height - 1 - x),
            SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
            SKEncodedOrigin.LeftBottom => (width - 1 - y, x),
            _ => (x, y),
        };

    private static byte OverWhite(byte value, byte alpha) =>
        (byte)(((value * alpha) + (255 * (255 - alpha)) + 127) / 255);
}
