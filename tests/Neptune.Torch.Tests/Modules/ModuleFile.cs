using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>The assembly of modules that these tests load by its path.</summary>
internal static class ModuleFile
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Neptune.UserModules.dll");

    public static ModuleCatalog Catalog { get; } = ModuleCatalog.Empty.Load(Path);

    public static RegisteredModule Module(string name) => Catalog.Modules.Single(m => m.Module.Name == name);

    public static ImmutableSortedDictionary<string, string> Settings(params (string Key, string Value)[] settings) =>
        settings.ToImmutableSortedDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
}
