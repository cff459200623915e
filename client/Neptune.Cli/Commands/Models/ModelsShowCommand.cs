using System.CommandLine;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune models show</c>.</summary>
internal static class ModelsShowCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "A model of the registry: NAME, NAME@VERSION or NAME@ALIAS.",
    };

    public static Command Create() =>
        new Command("show", "Verifies a model's package and shows its layers, lineage and hashes.") { Model }.Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        await using var neptune = await session.ConnectAsync(cancellation);
        var version = await neptune.Models.GetAsync(session.Get(Model));
        var package = await neptune.Models.OpenAsync(version.Package, cancellation);
        var summary = ModelSummary.Of(package.Graph.Graph);
        ShowLayers(session.Output, summary);
        ShowLineage(session.Output, version, package);
        session.Output.Event(ToJson(version, package, summary));
    }

    private static void ShowLayers(Output output, ModelSummary summary)
    {
        var table = output.NewTable("layer", "operations", "output", "parameters");
        foreach (var layer in summary.Layers)
        {
            table.AddRow(
                new Text(layer.Name),
                new Text(layer.Operations),
                new Text(layer.OutputShape.ToString()),
                new Text(Numbers.Count(layer.ParameterCount))
            );
        }
        output.Words.Write(table);
        output.Line(
            $"{Numbers.Count(summary.ParameterCount)} parameters, {Numbers.Count(summary.TrainableCount)} of them trained"
        );
        output.Line();
    }

    private static void ShowLineage(Output output, ModelVersion version, TrainingPackage package)
    {
        var lineage = package.Lineage;
        output.Line($"Model           {version.Package.Model}@{version.Package.Version}");
        output.Line($"Aliases         {string.Join(", ", version.Aliases)}");
        output.Line($"Weights SHA-256 {package.WeightsSha256}");
        output.Line($"Job             {lineage.Job}");
        output.Line($"Data            {lineage.Dataset}");
        output.Line($"Data SHA-256    {lineage.DatasetSha256}");
        output.Line($"Graph SHA-256   {lineage.GraphSha256}");
        output.Line($"Seed            {lineage.Seed}");
        output.Line($"Numerics        {lineage.NumericsFingerprint}");
        output.Line($"Trained         {package.Position.Step} steps, {package.Position.Epoch} epochs");
        output.Line($"Package         {version.Package.Path}");
    }

    private static object ToJson(ModelVersion version, TrainingPackage package, ModelSummary summary) =>
        new
        {
            @event = "done",
            model = version.Package.Model.Value,
            version = version.Package.Version,
            aliases = version.Aliases,
            weightsSha256 = package.WeightsSha256,
            job = package.Lineage.Job,
            data = package.Lineage.Dataset,
            dataSha256 = package.Lineage.DatasetSha256,
            graphSha256 = package.Lineage.GraphSha256,
            seed = package.Lineage.Seed,
            numericsFingerprint = package.Lineage.NumericsFingerprint,
            steps = package.Position.Step,
            epochs = package.Position.Epoch,
            parameterCount = summary.ParameterCount,
            trainableCount = summary.TrainableCount,
            layers = summary.Layers.Select(l => new
            {
                name = l.Name,
                operations = l.Operations,
                output = l.OutputShape.ToString(),
                parameterCount = l.ParameterCount,
            }),
            package = version.Package.Path,
        };
}
