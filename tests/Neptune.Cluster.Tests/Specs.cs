using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>Specs of jobs that the tests submit themselves.</summary>
internal static class Specs
{
    public static JobSpec Of(Sequential model, DatasetView data, int epochs = 1, int nodes = 2) =>
        Of(model.Build(Shape.Of([.. data.Info.FeatureShape])), data) with
        {
            Epochs = epochs,
            Nodes = nodes,
        };

    public static JobSpec Of(TrainingGraph training, DatasetView data) =>
        new()
        {
            TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(training)),
            Dataset = data.Ref,
            Epochs = 1,
            Seed = 42,
            Nodes = 2,
            Model = new("model"),
        };
}
