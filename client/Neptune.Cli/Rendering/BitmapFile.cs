using System.Buffers.Binary;

namespace Neptune.Cli;

/// <summary>Writes a grey picture as a BMP file of 24 bits a pixel (Windows' BITMAPINFOHEADER, rows from below).</summary>
internal static class BitmapFile
{
    private const int HeaderBytes = 54;

    /// <param name="path">Receives the file.</param>
    /// <param name="pixels">Rows of pixels in 0..1.</param>
    /// <param name="width">Pixels in a row.</param>
    public static void Write(string path, float[] pixels, int width)
    {
        var height = pixels.Length / width;
        var rowBytes = ((width * 3) + 3) / 4 * 4;
        var file = new byte[HeaderBytes + (rowBytes * height)];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        Put(2, file.Length);
        Put(10, HeaderBytes);
        Put(14, HeaderBytes - 14);
        Put(18, width);
        Put(22, height);
        Put(26, 1 | (24 << 16)); // one plane, 24 bits
        Put(34, rowBytes * height);
        for (var i = 0; i < pixels.Length; i++)
        {
            var row = height - 1 - (i / width);
            var grey = (byte)Math.Round(Math.Clamp(pixels[i], 0, 1) * 255);
            file.AsSpan(HeaderBytes + (row * rowBytes) + (i % width * 3), 3).Fill(grey);
        }
        File.WriteAllBytes(path, file);

        void Put(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
    }
}
