// Asks a network that Keras has trained what a photograph shows: the look on a face.
//   dotnet run client/samples/photograph.cs MODEL [PHOTOGRAPH]
// MODEL is fer2013_mini_XCEPTION.102-0.66.hdf5 of github.com/oarriaga/face_classification (MIT licence), in the folder
// trained_models/emotion_models; PHOTOGRAPH is a face, by default that of the astronaut Eileen Collins (NASA).
#:project ../../silo/Neptune.Hosting/Neptune.Hosting.csproj
#:property PublishAot=false
using System.Runtime.CompilerServices;
using Neptune.Hosting;

if (args.Length == 0)
{
    Console.Error.WriteLine("Give the model's file, fer2013_mini_XCEPTION.102-0.66.hdf5.");
    return 2;
}
var photograph = args.Length > 1 ? args[1] : Path.Combine(FolderOfThis(), "pictures", "astronaut.jpg");
await using var neptune = await LocalCluster.JoinOrStartAsync();

// The network was trained on grey pixels in -1..1.
var import = await neptune.Models.ImportAsync(
    args[0],
    new()
    {
        Name = "look",
        InputScale = 1 / 255f,
        InputMean = [0.5f],
        InputDeviation = [0.5f],
        Labels = ["angry", "disgusted", "afraid", "happy", "sad", "surprised", "neutral"],
        License = "MIT",
    }
);
Console.WriteLine($"{import.Model.Source}: {import.Model.Graph.TrainableElementCount:N0} weights");

await neptune.DeployAsync(import.Version.Package, "look", replace: true);
var answer = (await neptune.Endpoints.PredictImagesAsync("look", [photograph]))[0];
Console.WriteLine($"{Path.GetFileName(photograph)}: {answer.Label} ({answer.Probability:P1})");
return 0;

static string FolderOfThis([CallerFilePath] string self = "") => Path.GetDirectoryName(self)!;
