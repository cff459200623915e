// Learns to tell two kinds of pictures from each other, such as cats and everything else.
//   dotnet run client/samples/cat-or-not.cs FOLDER [PICTURE]
// FOLDER holds a folder of pictures for each kind, for example 'cat' and 'not'; PICTURE is asked for in the end.
#:project ../../silo/Neptune.Hosting/Neptune.Hosting.csproj
#:property PublishAot=false
using Neptune.Hosting;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

if (args.Length == 0)
{
    Console.Error.WriteLine("Give a folder that holds a folder of pictures for each kind, such as 'cat' and 'not'.");
    return 2;
}
await using var neptune = await LocalCluster.JoinOrStartAsync();
var pictures = await neptune.Data.ImageFolderAsync(args[0], height: 64, width: 64, channels: 3, name: "cat-or-not");

var model = Sequential.Of(
    Conv2D(16, 3, Relu, padding: Padding.Same),
    MaxPooling2D(2),
    Conv2D(32, 3, Relu, padding: Padding.Same),
    MaxPooling2D(2),
    GlobalAveragePooling2D(),
    Dense(pictures.Info.Labels.Length, Softmax)
);
model.Compile(optimizer: Adam(0.005f), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);

// A step takes at most a quarter of the pictures, so that a small folder gives several steps too.
var batch = (int)Math.Clamp(pictures.Count / 16, 1, 16);
var history = await neptune.FitAsync(
    model,
    pictures,
    epochs: 20,
    perDeviceBatchSize: batch,
    seed: 42,
    name: "cat-or-not"
);
var last = history.Epochs[^1];
Console.WriteLine($"Trained on {pictures.Count} pictures: loss {last.Loss:0.000}, accuracy {last.Accuracy:0.000}");

await neptune.DeployAsync(history.Package, "cat-or-not", replace: true);
if (args.Length > 1)
{
    var answer = (await neptune.Endpoints.PredictImagesAsync("cat-or-not", [args[1]]))[0];
    Console.WriteLine($"{args[1]}: {answer.Label} ({answer.Probability:P1})");
}
return 0;
