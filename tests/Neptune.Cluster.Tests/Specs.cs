using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>Specs of jobs that the tests submit themselves.</summary>
internal static class Specs
{
    public static JobSpec Of(Sequential model, DatasetView data, int epochs = 1, int nodes = 2) =>
        new()
        {
            TrainingGraphJson = Encoding.UTF8.GetString(
                GraphJson.Write(model.Build(Shape.Of([.. data.Info.FeatureShape])))
            ),
            Dataset = data.Ref,
            Epochs = epochs,
            Seed = 42,
            Nodes = nodes,
            Model = new("model"),
        };
}
