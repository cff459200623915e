using SkiaSharp;

namespace Neptune.Data;

/// <summary>
/// Turns image files into pixels of a wanted size. Training data and predictions both come through here, so they are
/// treated alike: upright by the file's orientation, transparent parts over white, grey as ITU-R BT.601 luma, and
/// resized without keeping the aspect by <see cref="ImageResizer"/>.
/// </summary>
public static class ImageDecoder
{
    /// <summary>The largest file: 64 MiB.</summary>
    public const int MaxFileBytes = 64 << 20;

    /// <summary>The most pixels in a file.</summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>The longest side in a file, in pixels.</summary>
    public const int MaxFileSide = 65_535;

    /// <summary>The longest side to ask for, in pixels.</summary>
    public const int MaxSide = 4096;

    /// <summary>Reads a stream to its end and decodes it.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, string, int, int, int)"/>
    public static byte[] Decode(Stream image, string name, int height, int width, int channels)
    {
        var bytes = BoundedRead.ToEnd(
            image,
            MaxFileBytes,
            () => Unreadable(name, $"is larger than {MaxFileBytes >> 20} MiB", "Use a smaller image.")
        );
        return Decode(bytes.Span, name, height, width, channels);
    }

    /// <summary>Decodes a PNG, JPEG, BMP or WebP file.</summary>
    /// <param name="image">The file's bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="height">The wanted height, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="width">The wanted width, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <returns>Row by row, pixel by pixel, channel by channel, 0 to 255.</returns>
    /// <exception cref="DatasetException">
    /// The file is corrupt, cut off, too large or of another kind; the message names it.
    /// </exception>
    public static byte[] Decode(ReadOnlySpan<byte> image, string name, int height, int width, int channels)
    {
        CheckSize(height, width, channels);
        if (image.IsEmpty)
            throw Unreadable(name, "is empty", "Save it again, or leave it out.");
        if (image.Length > MaxFileBytes)
            throw Unreadable(name, $"is larger than {MaxFileBytes >> 20} MiB", "Use a smaller image.");
        using var data = SKData.CreateCopy(image);
        using var codec = SKCodec.Create(data);
        if (codec is null || !IsSupported(codec.EncodedFormat))
            throw Unreadable(name, "is no PNG, JPEG, BMP or WebP image", "Convert it, or leave it out.");
        var (fileWidth, fileHeight) = (codec.Info.Width, codec.Info.Height);
        if (fileWidth < 1 || fileHeight < 1 || fileWidth > MaxFileSide || fileHeight > MaxFileSide)
            throw Unreadable(name, $"says it has {fileWidth} x {fileHeight} pixels", "Save it again, or leave it out.");
        if ((long)fileWidth * fileHeight > MaxPixels)
        {
            throw Unreadable(
                name,
                $"has {fileWidth} x {fileHeight} pixels, more than {MaxPixels / 1_000_000} million",
                "Use a smaller image."
            );
        }
        var upright = Pixels.Upright(Rgba(codec, name), fileWidth, fileHeight, channels, codec.EncodedOrigin);
        return ImageResizer.Resize(upright.Values, upright.Height, upright.Width, channels, height, width);
    }

    internal static void CheckSize(int height, int width, int channels)
    {
        if (height < 1 || height > MaxSide || width < 1 || width > MaxSide)
            throw new DatasetException($"An image size of {height} x {width} is asked for. Use 1 to {MaxSide} each.");
        if (channels is not (1 or 3))
            throw new DatasetException($"{channels} channels are asked for. Use 1 (grey) or 3 (colour).");
    }

    private static byte[] Rgba(SKCodec codec, string name)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = new byte[info.BytesSize64];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba)
                result = codec.GetPixels(info, (nint)pixels);
        }
        return result switch
        {
            SKCodecResult.Success => rgba,
            SKCodecResult.IncompleteInput => throw Unreadable(
                name,
                "is cut off",
                "Copy or download it again, or leave it out."
            ),
            _ => throw Unreadable(name, $"is corrupt ({result})", "Copy or download it again, or leave it out."),
        };
    }

    private static bool IsSupported(SKEncodedImageFormat format) =>
        format
            is SKEncodedImageFormat.Png
                or SKEncodedImageFormat.Jpeg
                or SKEncodedImageFormat.Bmp
                or SKEncodedImageFormat.Webp;

    private static DatasetException Unreadable(string name, string what, string remedy) =>
        new($"Image '{name}' {what}. {remedy}");
}
