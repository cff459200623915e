using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Takes a TorchScript file as a whole, where its code is no graph that Neptune knows: libtorch runs it, for inference alone.
/// Its pickles have been read as data, and its code is looked through first; what is kept are only the entries that were.
/// </summary>
internal static class OpaqueScript
{
    /// <summary>The model of an opened file; what its outputs are is found by running it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">The sample's shape must be given.</param>
    /// <param name="reason">Why it is no graph.</param>
    /// <exception cref="ModelFileException">It does not say enough, or its code reaches out of the model.</exception>
    public static ImportedModel Import(TorchZipFile file, ImportOptions options, string reason)
    {
        if (file.Root is not PickleObject root)
        {
            throw new ModelFileException($"{file.Name} holds no module. Save it with torch.jit.save.");
        }
        if (options.InputShape is not { } sample)
        {
            throw new ModelFileException(
                $"{file.Name} is taken as a whole, and does not say which shape its input has. Give a sample's shape, such as "
                    + "(3, 224, 224)."
            );
        }
        var outputs = 0;
        foreach (var (source, text) in file.Sources)
        {
            var where = $"{file.Name}, entry {source}";
            var words = ScriptLexer.Split(text, where);
            OpaqueCode.Check(words, where);
            if (ModuleOf(source) is { } module && root.ClassName.StartsWith($"{module}.", StringComparison.Ordinal))
            {
                outputs = Math.Max(outputs, OpaqueCode.OutputsOf(words, root.ClassName[(module.Length + 1)..], where));
            }
        }
        if (outputs is 0 or > OpaqueModule.MostOutputs)
        {
            throw new ModelFileException(
                $"{file.Name}: forward of {root.ClassName} does not say that it gives a tensor, or a tuple of up to "
                    + $"{OpaqueModule.MostOutputs}. Wrap the model in one that does."
            );
        }
        var archive = file.Repack();
        var graph = OpaqueModule.Of(
            options.Name ?? Path.GetFileNameWithoutExtension(file.Name),
            new("input", ElementType.Float32, sample.Prepend(Dimension.Batch)),
            outputs,
            archive.Length
        );
        return new()
        {
            Graph = graph,
            Weights = ImmutableSortedDictionary<string, TensorValue>.Empty.Add(
                OpaqueModule.Archive,
                new(ElementType.UInt8, Shape.Of(archive.Length), archive)
            ),
            Source = $"{file.Form} (as a whole)",
            Notes =
            [
                "The model was taken as a whole, and libtorch runs its code: it answers, and cannot be trained, changed or exported as "
                    + $"ONNX. It was not taken as a graph because of this: {reason}",
            ],
        };
    }

    // code/__torch__/nets.py holds the classes __torch__.nets.NAME.
    private static string? ModuleOf(string source)
    {
        var at = source.IndexOf("/code/", StringComparison.Ordinal);
        return source[(at + "/code/".Length)..^".py".Length].Replace('/', '.');
    }
}
