using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Images brought to another height and width, against loops over their pixels.</summary>
public sealed class KerasImagesTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("bilinear", "channels_last", 4, 9)]
    [InlineData("bilinear", "channels_first", 7, 3)]
    [InlineData("nearest", "channels_last", 3, 8)]
    [InlineData("nearest", "channels_first", 10, 4)]
    public async Task Given_images_when_resized_then_pixels_are_areas(
        string interpolation,
        string format,
        int height,
        int width
    )
    {
        var (rows, columns) = (5, 6);
        var isLast = format == "channels_last";
        var images = Images(isLast ? [2, rows, columns, 3] : [2, 3, rows, columns]);
        var result = await RunAsync(
            images,
            "Resizing",
            $$""" "height": {{height}}, "width": {{width}}, "interpolation": "{{interpolation}}", "data_format": "{{format}}" """
        );
        for (var i = 0; i < result.Floats.Length; i++)
        {
            var (n, c, y, x) = PlaceOf(i, isLast, height, width);
            double Pixel(int row, int column) => At(images, n, c, row, column, isLast);
            var (sy, sx) = ((y + 0.5) * rows / height, (x + 0.5) * columns / width);
            var expected = interpolation == "nearest" ? Pixel((int)sy, (int)sx) : Between(Pixel, sy, sx, rows, columns);
            Assert.Equal(expected, result.Floats[i], Tolerance);
        }
    }

    [Theory]
    [InlineData("channels_last")]
    [InlineData("channels_first")]
    public async Task Given_images_when_cropped_then_the_middle_is_left(string format)
    {
        var isLast = format == "channels_last";
        var images = Images(isLast ? [2, 7, 6, 3] : [2, 3, 7, 6]);
        var result = await RunAsync(
            images,
            "CenterCrop",
            $$""" "height": 4, "width": 2, "data_format": "{{format}}" """
        );
        for (var i = 0; i < result.Floats.Length; i++)
        {
            var (n, c, y, x) = PlaceOf(i, isLast, 4, 2);
            Assert.Equal(At(images, n, c, y + 1, x + 2, isLast), result.Floats[i], Tolerance);
        }
    }

    [Theory]
    [InlineData("Resizing", """ "interpolation": "lanczos3" """, "interpolation lanczos3 is not known")]
    [InlineData("Resizing", """ "antialias": true """, "antialias is not known")]
    [InlineData("Resizing", """ "crop_to_aspect_ratio": true """, "have another aspect ratio")]
    [InlineData("CenterCrop", "", "are smaller than 8 times 8")]
    public void Given_what_is_not_known_when_imported_then_the_error_says_so(string type, string config, string reason)
    {
        var settings = $$""" "height": 8, "width": 8 {{(config.Length == 0 ? "" : ",")}} {{config}} """;
        var error = Assert.ThrowsAny<Exception>(() => KerasText.ImportChain("[null, 4, 6, 3]", (type, settings)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private async Task<TensorValue> RunAsync(TensorValue images, string type, string config)
    {
        var shape = $"[null, {string.Join(", ", images.Shape.Dimensions.Skip(1).Select(d => d.Length))}]";
        var model = KerasText.ImportChain(shape, (type, config));
        TensorValue? result = null;
        await device.Run(() => result = KerasRunner.Run(device.Device, model, images)[0]);
        return result!;
    }

    private static TensorValue Images(params long[] lengths)
    {
        var count = (int)lengths.Aggregate(1L, (all, length) => all * length);
        return TensorValue.Of(Shape.Of(lengths), [.. Enumerable.Range(0, count).Select(i => i * 37 % 101 / 50f)]);
    }

    private static (int N, int C, int Y, int X) PlaceOf(int i, bool isLast, int height, int width) =>
        isLast
            ? (i / (height * width * 3), i % 3, i / 3 / width % height, i / 3 % width)
            : (i / (height * width * 3), i / (height * width) % 3, i / width % height, i % width);

    private static double At(TensorValue images, int n, int c, int y, int x, bool isLast)
    {
        var shape = images.Shape;
        var (rows, columns) = isLast ? (shape[1].Length, shape[2].Length) : (shape[2].Length, shape[3].Length);
        var place = isLast ? ((((n * rows) + y) * columns) + x) * 3 + c : ((((n * 3L) + c) * rows) + y) * columns + x;
        return images.Floats[(int)place];
    }

    private static double Between(Func<int, int, double> pixel, double sy, double sx, int rows, int columns)
    {
        var (y, x) = (Math.Clamp(sy - 0.5, 0, rows - 1), Math.Clamp(sx - 0.5, 0, columns - 1));
        var (top, left) = ((int)y, (int)x);
        var (bottom, right) = (Math.Min(top + 1, rows - 1), Math.Min(left + 1, columns - 1));
        double Row(int row) => (pixel(row, left) * (1 - (x - left))) + (pixel(row, right) * (x - left));
        return (Row(top) * (1 - (y - top))) + (Row(bottom) * (y - top));
    }
}
