using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace Neptune.Data.Tests;

public class ImageDecoderTests
{
    private static readonly Func<int, int, SKColor> Colors = (x, y) =>
        new SKColor((byte)(x * 20), (byte)(y * 30), (byte)((x + y) * 9));

    [Fact]
    public void Given_lossless_formats_when_decoded_then_the_pixels_are_those_encoded()
    {
        byte[] expected =
        [
            .. Enumerable
                .Range(0, 7)
                .SelectMany(y => Enumerable.Range(0, 9).Select(x => Colors(x, y)))
                .SelectMany(c => (byte[])[c.Red, c.Green, c.Blue]),
        ];
        Assert.Equal(expected, ImageDecoder.Decode(Pictures.Encode(9, 7, Colors), "a.png", 7, 9, 3));
        Assert.Equal(expected, ImageDecoder.Decode(Pictures.Bmp(9, 7, Colors), "a.bmp", 7, 9, 3));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Given_lossy_formats_when_decoded_then_the_pixels_are_near_those_encoded(SKEncodedImageFormat format)
    {
        var file = Pictures.Encode(16, 16, (_, _) => new SKColor(200, 100, 50), format);
        var pixels = ImageDecoder.Decode(file, "a", 16, 16, 3);
        for (var i = 0; i < pixels.Length; i++)
            Assert.InRange(pixels[i], (new[] { 200, 100, 50 })[i % 3] - 4, (new[] { 200, 100, 50 })[i % 3] + 4);
    }

    [Fact]
    public void Given_every_grey_when_decoded_as_grey_then_it_stays_the_same()
    {
        var file = Pictures.Encode(256, 1, (x, _) => new SKColor((byte)x, (byte)x, (byte)x));
        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), ImageDecoder.Decode(file, "a", 1, 256, 1));
    }

    [Fact]
    public void Given_colours_when_decoded_as_grey_then_it_is_their_luma()
    {
        var colors = new[] { SKColors.Red, SKColors.Lime, SKColors.Blue };
        Assert.Equal([76, 150, 29], ImageDecoder.Decode(Pictures.Encode(3, 1, (x, _) => colors[x]), "a", 1, 3, 1));
    }

    [Fact]
    public void Given_transparent_pixels_when_decoded_then_they_lie_over_white()
    {
        var file = Pictures.Encode(2, 1, (x, _) => new SKColor(0, 0, 0, x == 0 ? (byte)0 : (byte)255));
        Assert.Equal([255, 0], ImageDecoder.Decode(file, "a.png", 1, 2, 1));
    }

    [Theory]
    [InlineData(1, "0 1 2 3 4 5")]
    [InlineData(2, "2 1 0 5 4 3")]
    [InlineData(3, "5 4 3 2 1 0")]
    [InlineData(4, "3 4 5 0 1 2")]
    [InlineData(5, "0 3 1 4 2 5")]
    [InlineData(6, "3 0 4 1 5 2")]
    [InlineData(7, "5 2 4 1 3 0")]
    [InlineData(8, "2 5 1 4 0 3")]
    public void Given_an_exif_orientation_when_decoded_then_the_image_is_upright(int orientation, string expected)
    {
        // Blocks of 8 x 8 pixels, so that JPEG keeps them apart: 3 wide, 2 high, of the values 0, 40, ... 200.
        var jpeg = Pictures.Encode(
            24,
            16,
            (x, y) =>
            {
                var value = (byte)(((y / 8 * 3) + (x / 8)) * 40);
                return new SKColor(value, value, value);
            },
            SKEncodedImageFormat.Jpeg
        );
        var (height, width) = orientation < 5 ? (16, 24) : (24, 16);
        var pixels = ImageDecoder.Decode(WithOrientation(jpeg, (byte)orientation), "a.jpg", height, width, 1);
        var blocks =
            from y in Enumerable.Range(0, height / 8)
            from x in Enumerable.Range(0, width / 8)
            select (int)Math.Round(pixels[(((y * 8) + 4) * width) + (x * 8) + 4] / 40.0);
        Assert.Equal(expected, string.Join(' ', blocks));
    }

    [Fact]
    public void Given_an_image_of_one_colour_when_resized_to_anything_then_the_colour_stays() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Byte)
            .Sample(
                (height, width, newHeight, newWidth, value) =>
                {
                    var pixels = new byte[height * width * 3];
                    pixels.AsSpan().Fill(value);
                    var resized = ImageResizer.Resize(pixels, height, width, 3, newHeight, newWidth);
                    Assert.Equal(newHeight * newWidth * 3, resized.Length);
                    Assert.All(resized, r => Assert.Equal(value, r));
                }
            );

    [Fact]
    public void Given_known_pixels_when_resized_then_the_values_are_those_of_the_triangle_filter()
    {
        // Halving weighs four neighbours 1 : 3 : 3 : 1; what an edge cuts off is left out: (3·0 + 3·80 + 160) / 7 = 57.
        Assert.Equal([57, 183], ImageResizer.Resize([0, 80, 160, 240], 1, 4, 1, 1, 2));
        Assert.Equal([0, 25, 75, 100], ImageResizer.Resize([0, 100], 2, 1, 1, 4, 1));
        byte[] same = [1, 2, 3, 4];
        Assert.Same(same, ImageResizer.Resize(same, 2, 2, 1, 2, 2));
    }

    [Fact]
    public void Given_a_long_thin_image_when_decoded_then_little_lies_between()
    {
        var file = Pictures.Encode(1, 60_000, (_, _) => SKColors.White);
        Assert.Equal(255, ImageDecoder.Decode(file, "thin.png", 2, 4096, 1)[0]);
    }

    public static TheoryData<string, byte[], string> BadFiles()
    {
        var png = Pictures.Encode(64, 64, Colors);
        var jpeg = Pictures.Encode(64, 64, Colors, SKEncodedImageFormat.Jpeg);
        return new TheoryData<string, byte[], string>
        {
            { "empty.png", [], "is empty" },
            { "text.png", "no picture at all"u8.ToArray(), "is no PNG, JPEG, BMP or WebP image" },
            { "cut.png", png[..(png.Length / 2)], "is cut off" },
            { "cut.jpg", jpeg[..(jpeg.Length / 2)], "is cut off" },
            { "damaged.png", Damage(png), "is " },
            { "huge.png", WithSize(png, 20_000, 20_000), "has 20000 x 20000 pixels, more than 100 million" },
            { "gigantic.png", WithSize(png, 1_000_000, 1_000_000), "1000000 x 1000000" },
            { "anim.gif", "GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;"u8.ToArray(), "is no PNG" },
        };
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Given_a_bad_file_when_decoded_then_the_message_names_it_and_says_why(
        string name,
        byte[] file,
        string why
    )
    {
        using var stream = new MemoryStream(file);
        var error = Assert.Throws<DatasetException>(() => ImageDecoder.Decode(stream, name, 8, 8, 1));
        Assert.Contains($"Image '{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_any_flipped_bytes_when_decoded_then_there_are_pixels_or_a_clear_error()
    {
        byte[][] files =
        [
            Pictures.Encode(20, 20, Colors),
            Pictures.Encode(20, 20, Colors, SKEncodedImageFormat.Jpeg),
            Pictures.Encode(20, 20, Colors, SKEncodedImageFormat.Webp),
            Pictures.Bmp(20, 20, Colors),
        ];
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 8])
            .Sample(
                (file, flips) =>
                {
                    var bytes = files[file].ToArray();
                    foreach (var (place, value) in flips)
                        bytes[place % bytes.Length] = value;
                    try
                    {
                        Assert.Equal(64, ImageDecoder.Decode(bytes, "flipped", 8, 8, 1).Length);
                    }
                    catch (DatasetException e)
                    {
                        Assert.Contains("flipped", e.Message, StringComparison.Ordinal);
                    }
                },
                iter: 300
            );
    }

    [Fact]
    public void Given_a_file_over_the_limit_when_read_then_reading_stops()
    {
        using var stream = new MemoryStream(new byte[ImageDecoder.MaxFileBytes + 1]);
        var error = Assert.Throws<DatasetException>(() => ImageDecoder.Decode(stream, "big.png", 8, 8, 1));
        Assert.Equal("Image 'big.png' is larger than 64 MiB. Use a smaller image.", error.Message);
    }

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(8, 5000, 1)]
    [InlineData(8, 8, 2)]
    public void Given_a_size_out_of_range_when_asked_for_then_it_is_refused(int height, int width, int channels) =>
        Assert.Contains(
            "asked for",
            Assert
                .Throws<DatasetException>(() =>
                    ImageDecoder.Decode(Pictures.Grey(1, 1, 0), "a.png", height, width, channels)
                )
                .Message,
            StringComparison.Ordinal
        );

    private static byte[] Damage(byte[] png)
    {
        var damaged = png.ToArray();
        damaged.AsSpan(damaged.Length / 2, 40).Fill(0xA5);
        return damaged;
    }

    private static byte[] WithSize(byte[] png, int width, int height)
    {
        var changed = png.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(29), Crc32.HashToUInt32(changed.AsSpan(12, 17)));
        return changed;
    }

    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF,
            0xE1,
            0,
            34,
            .. "Exif\0\0"u8,
            .. "MM\0*"u8,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            orientation,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
