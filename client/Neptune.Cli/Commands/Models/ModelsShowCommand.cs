using System.CommandLine;
using Neptune.Client;
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
        var (manifest, graph) = await OpenAsync(neptune, version.Package, cancellation);
        var summary = ModelSummary.Of(graph);
        var cost = GraphCost.OfSample(graph);
        ShowLayers(session.Output, summary, cost);
        ShowLineage(session.Output, version, manifest);
        session.Output.Event(ToJson(version, manifest, summary, cost));
    }

    private static async Task<(PackageManifest, Graph)> OpenAsync(
        NeptuneClient neptune,
        PackageRef package,
        CancellationToken cancellation
    )
    {
        using var file = new MemoryStream();
        await neptune.Models.DownloadAsync(package, file, cancellation);
        file.Position = 0;
        var manifest = PackageFile.ReadManifest(file, package.Path);
        file.Position = 0;
        return manifest.Kind == PackageKind.Training
            ? (manifest, PackageFile.ReadTraining(file, package.Path).Graph.Graph)
            : (manifest, PackageFile.ReadInference(file, package.Path).Graph.Graph);
    }

    private static void ShowLayers(Output output, ModelSummary summary, double? cost)
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
            $"{Numbers.Count(summary.ParameterCount)} parameters, {Numbers.Count(summary.TrainableCount)} of them trained; "
                + (
                    cost is { } flops
                        ? $"{Numbers.Count((long)flops)} floating-point operations a sample"
                        : "sizes are known when it runs"
                )
        );
        output.Line();
    }

    private static void ShowLineage(Output output, ModelVersion version, PackageManifest package)
    {
        var lineage = package.Lineage;
        output.Line($"Model           {version.Package.Model}@{version.Package.Version}");
        output.Line($"Aliases         {string.Join(", ", version.Aliases)}");
        output.Line($"Weights SHA-256 {package.WeightsSha256}");
        output.Line($"Kind            {package.Kind}");
        if (lineage.Origin is { } origin)
        {
            output.Line($"Imported from   {origin.File}: {origin.Format}");
            output.Line($"File SHA-256    {origin.Sha256}");
            output.Line($"Licence         {(origin.License.Length > 0 ? origin.License : "not said")}");
        }
        output.Line($"Job             {lineage.Job}");
        output.Line($"Data            {lineage.Dataset}");
        output.Line($"Data SHA-256    {lineage.DatasetSha256}");
        output.Line($"Graph SHA-256   {lineage.GraphSha256}");
        output.Line($"Seed            {lineage.Seed}");
        output.Line($"Numerics        {lineage.NumericsFingerprint}");
        if (package.Position is { } position)
        {
            output.Line($"Trained         {position.Step} steps, {position.Epoch} epochs");
        }
        output.Line($"Package         {version.Package.Path}");
    }

    private static object ToJson(ModelVersion version, PackageManifest package, ModelSummary summary, double? cost) =>
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
            kind = package.Kind.ToString().ToLowerInvariant(),
            origin = package.Lineage.Origin is { } origin
                ? new
                {
                    format = origin.Format,
                    file = origin.File,
                    sha256 = origin.Sha256,
                    license = origin.License,
                }
                : null,
            steps = package.Position?.Step,
            epochs = package.Position?.Epoch,
            flopsPerSample = cost,
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
