// Trains, evaluates, deploys and asks a small network on handwritten digits.
//   dotnet run client/samples/digits-mlp.cs [EPOCHS]
#:project ../../silo/Neptune.Hosting/Neptune.Hosting.csproj
#:property PublishAot=false
using Neptune.Hosting;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

await using var neptune = await LocalCluster.JoinOrStartAsync();
var train = await neptune.Data.DigitsAsync();

var model = Sequential.Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax));
model.Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);
var history = await neptune.FitAsync(
    model,
    train,
    epochs: args is [var n] ? int.Parse(n) : 50,
    validationSplit: 0.1,
    seed: 42
);

var test = await neptune.EvaluateAsync(history.Package, train.Split("test"));
Console.WriteLine($"Test loss {test["Test loss"]:0.000}, test accuracy {test["Test accuracy"]:0.000}");

await neptune.DeployAsync(history.Package, "digits-mlp", replace: true);
float[] seven =
[
    0,
    0,
    7,
    8,
    13,
    16,
    15,
    1,
    0,
    0,
    7,
    7,
    4,
    11,
    12,
    0,
    0,
    0,
    0,
    0,
    8,
    13,
    1,
    0,
    0,
    4,
    8,
    8,
    15,
    15,
    6,
    0,
    0,
    2,
    11,
    15,
    15,
    4,
    0,
    0,
    0,
    0,
    0,
    16,
    5,
    0,
    0,
    0,
    0,
    0,
    9,
    15,
    1,
    0,
    0,
    0,
    0,
    0,
    13,
    5,
    0,
    0,
    0,
    0,
];
var answers = await neptune.PredictAsync("digits-mlp", seven);
Console.WriteLine(
    $"This is a {answers[0].Label} ({answers[0].Probability:P1}). SHA-256 of the weights: {history.WeightsSha256}"
);
