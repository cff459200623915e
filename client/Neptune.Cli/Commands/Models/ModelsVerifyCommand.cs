using System.CommandLine;
using System.Globalization;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune models verify</c>.</summary>
internal static class ModelsVerifyCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "A model of the registry: NAME, NAME@VERSION or NAME@ALIAS.",
    };
    private static readonly Option<string[]> Input = new("--input")
    {
        Description = "An array for the model's input (.npy); NAME=FILE for each, where there are several.",
        HelpName = "[NAME=]FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string[]> Expected = new("--expected")
    {
        Description = "What the first output must be; NAME=FILE for others.",
        HelpName = "[NAME=]FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<double> Tolerance = new("--tolerance")
    {
        Description = "The greatest difference that passes.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 1e-4,
    };

    public static Command Create() =>
        new Command("verify", "Runs a model on a given input, and compares with what another framework gave.")
        {
            Model,
            Input,
            Expected,
            Tolerance,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var tolerance = session.Get(Tolerance);
        if (!double.IsFinite(tolerance) || tolerance < 0)
        {
            throw new UsageException($"--tolerance is {tolerance}. Give a number from 0, such as 1e-4.");
        }
        await using var neptune = await session.ConnectAsync(cancellation);
        var package = (await neptune.Models.GetAsync(session.Get(Model))).Package;
        var graph = (await neptune.Models.OpenInferenceAsync(package, cancellation)).Graph.Graph;
        var inputs = Read(session.Get(Input), [.. graph.Inputs.Select(i => i.Name)], "input");
        var expected = Read(session.Get(Expected), [.. graph.Outputs.Select(o => o.Name)], "output");
        foreach (var input in graph.Inputs.Where(i => inputs.ContainsKey(i.Name)))
        {
            inputs[input.Name] = Shaped(session, input, inputs[input.Name]);
        }
        var outputs = await neptune.RunAsync(package, inputs).WaitAsync(cancellation);
        var worst = 0.0;
        foreach (var (name, wanted) in expected)
        {
            var difference = TensorDistance.Of(wanted, outputs[name], name);
            worst = double.IsNaN(difference) ? double.NaN : Math.Max(worst, difference);
            session.Output.Line(
                $"{name}: greatest difference {difference.ToString("0.###e-0", CultureInfo.InvariantCulture)} over "
                    + $"{wanted.Shape}"
            );
        }
        var passes = worst <= tolerance;
        session.Output.Event(
            new
            {
                @event = passes ? "done" : "different",
                model = package.Model.Value,
                version = package.Version,
                difference = Numbers.Finite(worst),
                tolerance,
            }
        );
        if (!passes)
        {
            throw new Contracts.InvalidInputException(
                $"{package.Model}@{package.Version} gives other values than expected: they differ by "
                    + $"{worst.ToString("0.###e-0", CultureInfo.InvariantCulture)}, and at most {tolerance} passes."
            );
        }
        session.Output.Line($"{package.Model}@{package.Version} gives what is expected.");
    }

    // Samples of other lengths and as many elements, such as pictures that lie in rows, are taken in the model's.
    private static TensorValue Shaped(Session session, ValueSignature input, TensorValue value)
    {
        var (given, wanted) = (value.Shape, input.Shape);
        if (
            given.Rank < 1
            || !wanted.IsKnown
            || wanted.Rank < 1
            || wanted[0].IsFixed
            || given.WithoutFirst() == wanted.WithoutFirst()
            || !wanted.WithoutFirst().IsFixed
            || given.WithoutFirst().ElementCount() != wanted.WithoutFirst().ElementCount()
        )
        {
            return value;
        }
        var shape = wanted.WithoutFirst().Prepend(given[0]);
        session.Output.Line($"{input.Name}: {given} is taken as {shape}");
        return new(value.Type, shape, value.Bytes);
    }

    private static Dictionary<string, TensorValue> Read(string[] texts, string[] names, string what)
    {
        var values = new Dictionary<string, TensorValue>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var (name, file) = (names[0], text);
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at > 0 && !File.Exists(text))
            {
                (name, file) = (text[..at], text[(at + 1)..]);
            }
            if (!names.Contains(name))
            {
                throw new UsageException($"The model has no {what} {name}. {NearestNames.Offer(name, names)}");
            }
            if (!values.TryAdd(name, NpyFile.Read(file)))
            {
                throw new UsageException($"The {what} {name} is given twice. Write NAME=FILE for each.");
            }
        }
        return values;
    }
}
