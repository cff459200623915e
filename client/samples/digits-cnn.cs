// Trains a convolutional network on MNIST.
//   dotnet run client/samples/digits-cnn.cs [FOLDER [EPOCHS]]
// FOLDER holds MNIST's four IDX files, or gets them: by default 'mnist' in the current folder.
#:project ../../silo/Neptune.Hosting/Neptune.Hosting.csproj
#:property PublishAot=false
using Neptune.Contracts;
using Neptune.Data;
using Neptune.Hosting;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

var folder = args.Length > 0 ? args[0] : "mnist";
await MnistFetch.FetchAsync(folder, new Progress<string>(Console.WriteLine), CancellationToken.None);

await using var neptune = await LocalCluster.JoinOrStartAsync();
var train = await neptune.Data.IdxFolderAsync(folder, "mnist", MnistFetch.Provenance.Source);

var model = Sequential.Of(
    Conv2D(32, 3, Relu),
    MaxPooling2D(2),
    Conv2D(64, 3, Relu),
    MaxPooling2D(2),
    Flatten(),
    Dropout(0.5f),
    Dense(10, Softmax)
);
model.Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);

var history = await neptune.FitAsync(
    model,
    train,
    epochs: args.Length > 1 ? int.Parse(args[1]) : 3,
    validationSplit: 0.1,
    perDeviceBatchSize: 32,
    seed: 42,
    name: "digits-cnn",
    progress: new EpochLines()
);

var test = await neptune.EvaluateAsync(history.Package, train.Split("test"), perDeviceBatchSize: 100);
Console.WriteLine($"Test loss {test["Test loss"]:0.000}, test accuracy {test["Test accuracy"]:0.000}");
Console.WriteLine($"SHA-256 of the weights: {history.WeightsSha256}");

/// <summary>Writes a line for each epoch.</summary>
internal sealed class EpochLines : IProgress<JobSnapshot>
{
    private int _shown;

    public void Report(JobSnapshot value)
    {
        foreach (var epoch in value.Epochs.Skip(_shown))
        {
            Console.WriteLine(
                $"epoch {epoch.Epoch}  loss {epoch.Loss:0.000}  validation accuracy {epoch.ValidationAccuracy:0.000}"
            );
        }
        _shown = value.Epochs.Length;
    }
}
