using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The named tensors of a model, found in a state_dict, a training checkpoint or a TorchScript module.</summary>
internal sealed record StateDict
{
    // Names by which training scripts keep a model's weights beside other things, in the order in which they are taken.
    private static readonly ImmutableArray<string> UsualNames =
    [
        "model_state_dict",
        "state_dict",
        "model_state",
        "model",
        "net",
        "network",
        "weights",
        "params",
    ];

    // Deeper lies no model's weights, and modules are not nested deeper.
    private const int MaximumDepth = 4;
    private const int MaximumModuleDepth = 64;
    private const int MaximumModules = 100_000;

    /// <summary>The tensors in the file's order.</summary>
    public required ImmutableArray<NamedTensor> Tensors { get; init; }

    /// <summary>What a user should know: where they were found, what was left out.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>Finds them.</summary>
    /// <exception cref="ModelFileException">There are none, or those of several models.</exception>
    public static StateDict Find(TorchFile file)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var tensors = new TorchTensors(file);
        var found = new List<(string Name, PickledTensor Tensor)>();
        if (file.Root is PickleObject module)
        {
            var visits = 0;
            AddModule(file, module, "", 0, found, ref visits);
        }
        else
        {
            var (path, entries) = FindEntries(file);
            if (path.Length > 0)
            {
                notes.Add($"The weights were taken from the checkpoint's entry {path}.");
            }
            AddEntries(file, entries, found, notes);
        }
        return new()
        {
            Tensors =
            [
                .. found.Select(entry => new NamedTensor(
                    entry.Name,
                    entry.Tensor.Type,
                    Shape.Of(entry.Tensor.Lengths.AsSpan()),
                    () => tensors.Read(entry.Name, entry.Tensor)
                )),
            ],
            Notes = notes.ToImmutable(),
        };
    }

    private static (string Path, PickleDict Entries) FindEntries(TorchFile file)
    {
        var candidates = new List<(string Path, PickleDict Entries)>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Search(file.Root, "", 0, seen, candidates);
        foreach (var usual in UsualNames)
        {
            var named = candidates.Where(candidate => LastOf(candidate.Path) == usual).ToArray();
            if (named.Length == 1)
            {
                return named[0];
            }
        }
        return candidates switch
        {
            [] => throw new ModelFileException(
                $"{file.Name} holds no tensors by name. Save the weights with torch.save(model.state_dict(), path)."
            ),
            [var only] => only,
            // Tensors at the top are the state_dict; what lies below them are settings.
            [{ Path: "" } top, ..] => top,
            _ => throw new ModelFileException(
                $"{file.Name} holds the weights of several models, in the entries "
                    + $"{string.Join(", ", candidates.Take(20).Select(candidate => candidate.Path))}. "
                    + "Save the one that you want with torch.save(model.state_dict(), path)."
            ),
        };
    }

    // The dictionaries with a tensor under a text. An optimizer's state is keyed by numbers, and is passed over.
    private static void Search(
        object? value,
        string path,
        int depth,
        HashSet<object> seen,
        List<(string, PickleDict)> candidates
    )
    {
        if (value is not PickleDict dictionary || depth > MaximumDepth || !seen.Add(dictionary))
        {
            return;
        }
        if (dictionary.Items.Any(item => item is { Key: string, Value: PickledTensor }))
        {
            candidates.Add((path, dictionary));
        }
        foreach (var (key, nested) in dictionary.Items)
        {
            if (key is string name && !name.Contains("optim", StringComparison.OrdinalIgnoreCase))
            {
                Search(nested, path.Length == 0 ? Shown(name) : $"{path}.{Shown(name)}", depth + 1, seen, candidates);
            }
        }
    }

    private static void AddEntries(
        TorchFile file,
        PickleDict entries,
        List<(string Name, PickledTensor Tensor)> found,
        ImmutableArray<string>.Builder notes
    )
    {
        var others = new List<string>();
        foreach (var (key, value) in entries.Items)
        {
            if (key is string name && value is PickledTensor tensor)
            {
                found.Add((Checked(file, name), tensor));
            }
            else
            {
                others.Add(key is string text ? Shown(text) : "a key that is no text");
            }
        }
        if (others.Count > 0)
        {
            notes.Add($"Entries beside the tensors were left out: {NameList.Of(others)}.");
        }
    }

    private static void AddModule(
        TorchFile file,
        PickleObject module,
        string prefix,
        int depth,
        List<(string Name, PickledTensor Tensor)> found,
        ref int visits
    )
    {
        // A module may stand in several places, and in each of them the like: the paths grow much faster than the file.
        if (depth > MaximumModuleDepth || ++visits > Math.Min(file.Length, MaximumModules))
        {
            throw new ModelFileException($"{file.Name}: modules are nested without end. The file is damaged.");
        }
        foreach (var (key, value) in module.State is PickleDict state ? state.Items : [])
        {
            if (key is string name)
            {
                var full = Checked(file, prefix + name);
                if (value is PickledTensor tensor && found.Count < file.Length)
                {
                    found.Add((full, tensor));
                }
                else if (value is PickleObject child)
                {
                    AddModule(file, child, $"{full}.", depth + 1, found, ref visits);
                }
            }
        }
    }

    private static string Checked(TorchFile file, string name) =>
        name.Length is > 0 and <= GraphValidation.MaximumNameLength && !name.Any(char.IsControl)
            ? name
            : throw new ModelFileException(
                $"{file.Name}: a tensor's name has {name.Length} characters, or control characters. Names have 1 to "
                    + $"{GraphValidation.MaximumNameLength} that can be printed."
            );

    private static string Shown(string name) =>
        new([.. name.Take(80).Select(letter => char.IsControl(letter) ? '?' : letter)]);

    private static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];
}
