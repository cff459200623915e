using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of a <see cref="PackageManifest"/>.</summary>
internal static class ManifestJson
{
    public const int MaximumBytes = 16 * 1024 * 1024;

    private const int MaximumDepth = 8;

    private static readonly ImmutableDictionary<string, PackageKind> Kinds = ImmutableDictionary.CreateRange<
        string,
        PackageKind
    >([new("training", PackageKind.Training), new("inference", PackageKind.Inference)]);

    public static byte[] Write(PackageManifest manifest) =>
        JsonOutput.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", manifest.FormatVersion);
            json.WriteString("kind", Kinds.First(kind => kind.Value == manifest.Kind).Key);
            json.WriteStartArray("entries");
            foreach (var entry in manifest.Entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteNumber("lengthBytes", entry.LengthBytes);
                json.WriteString("sha256", entry.Sha256);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("weightsSha256", manifest.WeightsSha256);
            WriteLineage(json, manifest.Lineage);
            json.WriteReal("inputScale", manifest.InputScale);
            json.WriteTexts("labels", manifest.Labels);
            if (manifest.Position is { } position)
            {
                json.WriteStartObject("position");
                json.WriteNumber("step", position.Step);
                json.WriteNumber("epoch", position.Epoch);
                json.WriteNumber("stepInEpoch", position.StepInEpoch);
                json.WriteEndObject();
                json.WriteStartArray("history");
                foreach (var epoch in manifest.History)
                {
                    WriteEpoch(json, epoch);
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });

    public static PackageManifest Read(BoundedInput content) =>
        JsonInput.Read(
            content.Read(content.Length),
            MaximumBytes,
            MaximumDepth,
            input =>
            {
                var version = input["formatVersion"].Int32();
                // Before all else: a later version may have fields and entries that this one cannot know.
                if (version is < 1 or > PackageFile.FormatVersion)
                {
                    throw new PackageException(
                        $"{content.Where}: the package has format version {version}, and this Neptune reads versions 1 to "
                            + $"{PackageFile.FormatVersion}. Read it with a Neptune that writes format version {version}, or a "
                            + "later one."
                    );
                }
                var kind = input["kind"].OneOf(Kinds);
                ReadOnlySpan<string> common =
                [
                    "formatVersion",
                    "kind",
                    "entries",
                    "weightsSha256",
                    "lineage",
                    "inputScale",
                    "labels",
                ];
                input.RequireFields(kind == PackageKind.Training ? [.. common, "position", "history"] : common);
                return new PackageManifest
                {
                    FormatVersion = version,
                    Kind = kind,
                    Entries = input["entries"].Array(ReadEntry),
                    WeightsSha256 = Hash(input["weightsSha256"]),
                    Lineage = ReadLineage(input["lineage"]),
                    InputScale = input["inputScale"].Single(),
                    Labels = input["labels"].Array(label => label.Text()),
                    Position = kind == PackageKind.Training ? ReadPosition(input["position"]) : null,
                    History = kind == PackageKind.Training ? input["history"].Array(ReadEpoch) : [],
                };
            }
        );

    private static PackageEntry ReadEntry(JsonInput input)
    {
        input.RequireFields("name", "lengthBytes", "sha256");
        return new(input["name"].Text(), NotNegative(input["lengthBytes"]), Hash(input["sha256"]));
    }

    private static void WriteLineage(Utf8JsonWriter json, Lineage lineage)
    {
        json.WriteStartObject("lineage");
        json.WriteString("job", lineage.Job);
        json.WriteString("dataset", lineage.Dataset);
        json.WriteString("datasetSha256", lineage.DatasetSha256);
        json.WriteString("graphSha256", lineage.GraphSha256);
        json.WriteNumber("seed", lineage.Seed);
        json.WriteString("numericsFingerprint", lineage.NumericsFingerprint);
        if (lineage.Origin is { } origin)
        {
            json.WriteStartObject("origin");
            json.WriteString("format", origin.Format);
            json.WriteString("file", origin.File);
            json.WriteString("sha256", origin.Sha256);
            json.WriteString("license", origin.License);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static Lineage ReadLineage(JsonInput input)
    {
        input.RequireFields("job", "dataset", "datasetSha256", "graphSha256", "seed", "numericsFingerprint", "origin");
        return new()
        {
            Job = input["job"].Text(),
            Dataset = input["dataset"].Text(),
            DatasetSha256 = input["datasetSha256"].Text(),
            GraphSha256 = input["graphSha256"].Text(),
            Seed = input["seed"].UInt64(),
            NumericsFingerprint = input["numericsFingerprint"].Text(),
            Origin = input.Optional("origin") is { } origin ? ReadOrigin(origin) : null,
        };
    }

    private static ModelOrigin ReadOrigin(JsonInput input)
    {
        input.RequireFields("format", "file", "sha256", "license");
        return new()
        {
            Format = input["format"].Text(),
            File = input["file"].Text(),
            Sha256 = Hash(input["sha256"]),
            License = input["license"].Text(),
        };
    }

    private static TrainingPosition ReadPosition(JsonInput input)
    {
        input.RequireFields("step", "epoch", "stepInEpoch");
        return new(
            NotNegative(input["step"]),
            (int)NotNegative(input["epoch"], int.MaxValue),
            (int)NotNegative(input["stepInEpoch"], int.MaxValue)
        );
    }

    private static void WriteEpoch(Utf8JsonWriter json, EpochMetrics epoch)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteReal("loss", epoch.Loss);
        WriteOptional(json, "accuracy", epoch.Accuracy);
        WriteOptional(json, "validationLoss", epoch.ValidationLoss);
        WriteOptional(json, "validationAccuracy", epoch.ValidationAccuracy);
        if (epoch.Steps is { } steps)
        {
            json.WriteNumber("steps", steps);
        }
        if (!epoch.Metrics.IsEmpty)
        {
            json.WriteStartArray("metrics");
            foreach (var metric in epoch.Metrics)
            {
                json.WriteStartObject();
                json.WriteString("name", metric.Name);
                json.WriteReal("value", metric.Value);
                WriteOptional(json, "validation", metric.Validation);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string field, double? value)
    {
        if (value is { } known)
        {
            json.WriteReal(field, known);
        }
    }

    private static EpochMetrics ReadEpoch(JsonInput input)
    {
        input.RequireFields("epoch", "loss", "accuracy", "validationLoss", "validationAccuracy", "steps", "metrics");
        return new()
        {
            Epoch = (int)NotNegative(input["epoch"], int.MaxValue),
            Loss = input["loss"].Double(),
            Accuracy = input.Optional("accuracy")?.Double(),
            ValidationLoss = input.Optional("validationLoss")?.Double(),
            ValidationAccuracy = input.Optional("validationAccuracy")?.Double(),
            Steps = input.Optional("steps") is { } steps ? NotNegative(steps) : null,
            Metrics = input.Optional("metrics")?.Array(ReadMetric) ?? [],
        };
    }

    private static MetricResult ReadMetric(JsonInput input)
    {
        input.RequireFields("name", "value", "validation");
        return new(input["name"].Text(), input["value"].Double(), input.Optional("validation")?.Double());
    }

    private static long NotNegative(JsonInput input, long maximum = long.MaxValue)
    {
        var value = input.Int64();
        return value >= 0 && value <= maximum ? value : throw input.Error($"is {value}, and must be 0 to {maximum}.");
    }

    private static string Hash(JsonInput input)
    {
        var text = input.Text();
        return text.Length == 64 && text.All(char.IsAsciiHexDigitLower)
            ? text
            : throw input.Error("must be a SHA-256 of 64 lower-case hex digits.");
    }
}
