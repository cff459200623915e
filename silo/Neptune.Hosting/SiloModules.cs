using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Hosting;

/// <summary>The users' modules of a silo, of its program and of assemblies.</summary>
internal static class SiloModules
{
    /// <summary>All of them.</summary>
    /// <exception cref="InvalidInputException">A file is no assembly of modules, or one is there twice; the message says which.</exception>
    public static ModuleCatalog Of(ModuleCatalog modules, IReadOnlyList<string> files) =>
        files.Aggregate(modules, (all, file) => all.Load(file));
}
