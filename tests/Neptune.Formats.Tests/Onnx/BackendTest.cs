using System.Formats.Tar;
using System.IO.Compression;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>A test of the standard: a model, and inputs with the outputs that it must make of them.</summary>
internal sealed class BackendTest(string name)
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>All tests of the archive.</summary>
    public static IEnumerable<BackendTest> ReadAll(string archive)
    {
        var tests = new SortedDictionary<string, BackendTest>(StringComparer.Ordinal);
        using var packed = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(packed);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || !entry.Name.EndsWith("model.onnx") && !entry.Name.EndsWith(".pb"))
            {
                continue;
            }
            var folder = Path.GetDirectoryName(entry.Name)!;
            var isModel = entry.Name.EndsWith("model.onnx");
            var key = isModel ? folder : Path.GetDirectoryName(folder)!;
            if (!tests.TryGetValue(key, out var test))
            {
                tests.Add(key, test = new(key[(key.LastIndexOf("data/", StringComparison.Ordinal) + 5)..]));
            }
            using var bytes = new MemoryStream();
            data.CopyTo(bytes);
            test._files.Add(isModel ? "model.onnx" : entry.Name[(key.Length + 1)..], bytes.ToArray());
        }
        return tests.Values;
    }

    /// <summary>Imports the model, runs it on each set of inputs, and compares.</summary>
    public BackendResult Run(TorchDevice device)
    {
        var operators = "?";
        try
        {
            var model = OnnxReader.ReadModel(_files["model.onnx"], name);
            operators = string.Join('+', model.Graph.Nodes.Select(n => n.OpType).Distinct().Order());
            var imported = OnnxFormat.Translate(model, folder: null, name: null, freeBatch: false);
            var (inputs, expected) = Sets();
            return Compare(device, imported, inputs, expected) is { } difference
                ? new(name, operators, BackendOutcome.Failed, difference)
                : new(name, operators, BackendOutcome.Passed);
        }
        catch (ModelFileException refusal)
        {
            return new(name, operators, BackendOutcome.Unsupported, refusal.Message);
        }
        catch (Exception error)
        {
            return new(name, operators, BackendOutcome.Failed, $"{error.GetType().Name}: {error.Message}");
        }
    }

    /// <summary>Imports the model, exports it, and compares what ONNX Runtime makes of the inputs with what Neptune makes.</summary>
    /// <returns>What came of it; null where the model is not imported.</returns>
    public BackendExport? Export(TorchDevice device)
    {
        ImportedModel imported;
        try
        {
            var model = OnnxReader.ReadModel(_files["model.onnx"], name);
            imported = OnnxFormat.Translate(model, folder: null, name: null, freeBatch: false);
        }
        catch (ModelFileException)
        {
            return null;
        }
        return BackendExport.Of(name, device, imported, Sets().Inputs);
    }

    private (List<TensorValue>[] Inputs, List<TensorValue>[] Expected) Sets()
    {
        var sets = _files.Keys.Where(f => f != "model.onnx").GroupBy(f => Path.GetDirectoryName(f)!).ToArray();
        return ([.. sets.Select(set => Values(set, "input_"))], [.. sets.Select(set => Values(set, "output_"))]);
    }

    private List<TensorValue> Values(IEnumerable<string> files, string prefix) =>
        [
            .. files
                .Where(file => Path.GetFileName(file).StartsWith(prefix))
                .OrderBy(file => int.Parse(Path.GetFileNameWithoutExtension(file)[prefix.Length..]))
                .Select(file => OnnxTensors.ToValue(OnnxReader.ReadTensor(_files[file], file), folder: null)),
        ];

    private static string? Compare(
        TorchDevice device,
        ImportedModel imported,
        List<TensorValue>[] inputs,
        List<TensorValue>[] expected
    )
    {
        var package = new InferencePackage
        {
            Graph = new() { Graph = imported.Graph },
            Weights = imported.Weights,
            Lineage = new(),
        };
        using var runner = new InferenceRunner(device, package);
        for (var set = 0; set < inputs.Length; set++)
        {
            var given = imported
                .Graph.Inputs.Zip(inputs[set])
                .ToDictionary(pair => pair.First.Name, pair => pair.Second);
            var found = runner.Run(given);
            for (var i = 0; i < expected[set].Count; i++)
            {
                if (TensorDifference.Of(expected[set][i], found[i], 1e-3, 1e-7) is { } difference)
                {
                    return $"{imported.Graph.Outputs[i].Name}: {difference}";
                }
            }
        }
        return null;
    }
}
