using SkiaSharp;

namespace Neptune.Cluster.Tests;

/// <summary>Makes folders of small pictures.</summary>
internal static class Pictures
{
    /// <summary>A new folder below <paramref name="parent"/> with a folder of pictures for each class.</summary>
    public static string Folder(string parent, params (string Label, int Count)[] classes)
    {
        var root = Path.Combine(parent, $"pictures-{Guid.NewGuid():N}");
        for (var c = 0; c < classes.Length; c++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, classes[c].Label)).FullName;
            for (var i = 0; i < classes[c].Count; i++)
            {
                using var bitmap = new SKBitmap(32, 32);
                using var canvas = new SKCanvas(bitmap);
                using var paint = new SKPaint { Color = SKColors.White };
                canvas.Clear(SKColors.Black);
                canvas.DrawRect(4 + (i % 5), 4 + (14 * c), 20, 10, paint);
                using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                using var file = File.Create(Path.Combine(folder, $"{i}.png"));
                png.SaveTo(file);
            }
        }
        return root;
    }
}
