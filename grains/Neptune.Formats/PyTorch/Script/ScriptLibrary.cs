using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>The code of a TorchScript file: its classes and functions by full name, parsed when they are needed.</summary>
/// <param name="file">Holds the code.</param>
internal sealed class ScriptLibrary(TorchZipFile file)
{
    private readonly Dictionary<
        string,
        (ImmutableDictionary<string, ScriptClass> Classes, ImmutableDictionary<string, ScriptFunction> Functions)
    > _files = new(StringComparer.Ordinal);

    /// <summary>A class, such as <c>__torch__.nets.LeNet</c>.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public ScriptClass Class(string fullName)
    {
        var (module, name) = Split(fullName);
        return Load(module).Classes.GetValueOrDefault(name) ?? throw Missing(fullName, module);
    }

    /// <summary>A function, such as <c>__torch__.torch.nn.functional.relu</c>.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public ScriptFunction Function(string fullName)
    {
        var (module, name) = Split(fullName);
        return Load(module).Functions.GetValueOrDefault(name) ?? throw Missing(fullName, module);
    }

    private (
        ImmutableDictionary<string, ScriptClass> Classes,
        ImmutableDictionary<string, ScriptFunction> Functions
    ) Load(string module)
    {
        if (!_files.TryGetValue(module, out var loaded))
        {
            var source = PathOf(module);
            loaded = file.Code(source) is { } text
                ? ScriptParser.Parse(text, $"{file.Name}, entry code/{source}")
                : (ImmutableDictionary<string, ScriptClass>.Empty, ImmutableDictionary<string, ScriptFunction>.Empty);
            _files.Add(module, loaded);
        }
        return loaded;
    }

    private ModelFileException Missing(string fullName, string module) =>
        new($"{file.Name}: the code of {fullName} is missing in entry code/{PathOf(module)}. Save the file again.");

    private static string PathOf(string module) => $"{module.Replace('.', '/')}.py";

    private static (string Module, string Name) Split(string fullName)
    {
        var dot = fullName.LastIndexOf('.');
        return dot < 0 ? ("", fullName) : (fullName[..dot], fullName[(dot + 1)..]);
    }
}
