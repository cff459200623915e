using System.Globalization;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.ModelGraph;
using SkiaSharp;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

/// <summary>The example of docs/article.md, which shows the text between the markers below.</summary>
public sealed class ArticleTests : IDisposable
{
    private const string Begin = "// <article>";
    private const string End = "// </article>";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neptune-article-{Guid.NewGuid():N}");

    [Fact]
    public async Task Given_a_folder_of_pictures_when_the_article_is_followed_then_the_deployed_model_tells_them_apart()
    {
        var images = NewImages();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var (history, predictions, answers) = await RunAsync(images, output);

        Assert.Equal(10, history.Epochs.Count);
        Assert.All(history.Epochs, e => Assert.NotNull(e.ValidationAccuracy));
        Assert.InRange(predictions["Test accuracy"], 0.9, 1.0);
        Assert.Equal(predictions.Count, predictions.Keys.Count());
        Assert.Matches(
            @"^\nTest loss: \d\.\d{3}\n\nTest accuracy: [01]\.\d{3}\n$",
            output.ToString().ReplaceLineEndings("\n")
        );
        Assert.Equal("no cat", Assert.Single(answers).Label);
    }

    [Fact]
    public void Given_the_article_when_its_code_is_compared_with_this_file_then_they_are_equal()
    {
        var root = SourceRoot();
        var source = File.ReadAllText(Path.Combine(root, "tests/Neptune.Cluster.Tests/ArticleTests.cs"));
        var page = File.ReadAllText(Path.Combine(root, "docs/article.md"));
        var code = page.Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal(Marked(source).Trim(), code.Trim());
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<(TrainingHistory, Evaluation, IReadOnlyList<Prediction>)> RunAsync(
        string images,
        TextWriter output
    )
    {
        var folder = Path.Combine(_folder, "data");
        // <article>
        // Define the model
        var model = Sequential.Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax));

        // Compile it
        model.Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);

        // Prepare the data: a folder for each class, below train and test
        await using var neptune = await LocalCluster.StartAsync(new() { DataDirectory = folder, Nodes = 2 });
        var train = await neptune.Data.ImageFolderAsync(images, height: 28, width: 28, channels: 1);
        var test = train.Split("test");

        // Train it
        var history = await neptune.FitAsync(
            model,
            train,
            epochs: 10,
            validationSplit: 0.1,
            shuffle: true,
            perDeviceBatchSize: 16,
            seed: 42
        );

        // Evaluate it
        var predictions = await neptune.EvaluateAsync(
            history.Package,
            test,
            perDeviceBatchSize: 16,
            normalizeColumns: true,
            normalizeAccuracy: true,
            ignoreIndex: 0
        );

        // Print the result
        output.WriteLine($"\nTest loss: {predictions["Test loss"]:F3}");
        output.WriteLine($"\nTest accuracy: {predictions["Test accuracy"]:F3}");

        // Deploy it, and ask it
        await neptune.DeployAsync(history.Package, "my-model");
        var answers = await neptune.Endpoints.PredictImagesAsync(
            "my-model",
            [Path.Combine(images, "test/no cat/0.png")]
        );
        // </article>
        return (history, predictions, answers);
    }

    // The model has ten outputs, as the article's, so the folder has ten classes: a bright bar at ten heights.
    private string NewImages()
    {
        var root = Path.Combine(_folder, "images");
        foreach (var (split, count) in new[] { ("train", 40), ("test", 5) })
        {
            for (var label = 0; label < 10; label++)
            {
                var name = label == 9 ? "no cat" : $"cat {label}";
                var folder = Directory.CreateDirectory(Path.Combine(root, split, name)).FullName;
                for (var i = 0; i < count; i++)
                {
                    using var bitmap = new SKBitmap(28, 28);
                    using var canvas = new SKCanvas(bitmap);
                    using var paint = new SKPaint { Color = SKColors.White };
                    canvas.Clear(SKColors.Black);
                    canvas.DrawRect(i % 3, 1 + (label * 2.6f), 24, 2.4f, paint);
                    using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                    using var file = File.Create(Path.Combine(folder, $"{i}.png"));
                    png.SaveTo(file);
                }
            }
        }
        return root;
    }

    private static string Marked(string source)
    {
        var lines = source.ReplaceLineEndings("\n").Split('\n').ToList();
        var first = lines.FindIndex(l => l.Trim() == Begin) + 1;
        var marked = lines[first..lines.FindIndex(l => l.Trim() == End)];
        var indent = marked[0].Length - marked[0].TrimStart().Length;
        return string.Join('\n', marked.Select(l => l.Length == 0 ? l : l[indent..]));
    }

    private static string SourceRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Neptune.Orleans.sln")))
        {
            folder = folder.Parent;
        }
        return folder.FullName;
    }
}
