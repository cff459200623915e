using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Reads a TorchScript file, traced or scripted, into a graph with its weights.</summary>
internal static class TorchScriptModel
{
    private const long MaximumOperations = 100_000;

    private const string Remedy =
        "A file whose origin you trust can be taken as a whole, for inference alone: with --opaque (ImportSettings.Opaque), "
        + "libtorch runs its code.";

    /// <summary>The model of an opened file.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or does not say enough.</exception>
    /// <exception cref="UnsupportedOperatorsException">It uses operators that are not known; all are listed.</exception>
    public static ImportedModel Import(TorchZipFile file, ImportOptions options)
    {
        if (!options.Opaque)
        {
            return Follow(file, options);
        }
        try
        {
            return Follow(file, options);
        }
        catch (ModelFileException reason)
        {
            return OpaqueScript.Import(file, options, reason.Message);
        }
    }

    private static ImportedModel Follow(TorchZipFile file, ImportOptions options)
    {
        if (file.Root is not PickleObject root)
        {
            throw new ModelFileException($"{file.Name} holds no module. Save it with torch.jit.save.");
        }
        var model = new ScriptModule(root, "");
        var graph = new ScriptGraph(file.Name, Math.Min(MaximumOperations, 1000 + (file.Length / 16)));
        var runner = new ScriptRunner(file, graph);
        var names = runner.InputsOf(model);
        if (names.IsEmpty || (options.InputShape is not null && names.Length > 1))
        {
            throw new ModelFileException(
                $"{file.Name} takes {names.Length} inputs ({NameList.Of(names)}), and one is supported. Wrap the model in one "
                    + "that takes one tensor."
            );
        }
        CheckInput(options.InputShape);
        var answer = runner.Run(model, [.. names.Select(name => graph.Input(name, options.InputShape))]);
        if (runner.Problems is { IsEmpty: false } problems)
        {
            throw new UnsupportedOperatorsException(file.Name, problems, Remedy);
        }
        IReadOnlyList<ScriptTensor> outputs = answer switch
        {
            ScriptTensor single => [single],
            List<object?> { Count: > 0 } several when several.All(item => item is ScriptTensor) =>
            [
                .. several.Cast<ScriptTensor>(),
            ],
            _ => throw new ModelFileException(
                $"{file.Name} does not give a tensor, or a tuple of them, that is computed from its input. Wrap the model in "
                    + "one that does."
            ),
        };
        return new()
        {
            Graph = graph.Build(options.Name ?? Path.GetFileNameWithoutExtension(file.Name), outputs),
            Weights = graph.Weights(new(file)),
            Source = file.Form,
        };
    }

    private static void CheckInput(Shape? shape)
    {
        if (shape is not null && (!shape.IsFixed || shape.Dimensions.Any(d => d.Length < 1)))
        {
            throw new ModelFileException($"The input's shape {shape} must have fixed lengths of at least 1.");
        }
    }
}
