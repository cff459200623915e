using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>The users' modules that a process can run, by name and version. Nothing changes a catalog: adding gives another.</summary>
/// <example><code>
/// var modules = ModuleCatalog.Empty.Load("MyNets.dll").Add("my-net", "1.0", () => new MyNet());
/// await using var neptune = await LocalCluster.StartAsync(new() { Modules = modules });
/// </code></example>
public sealed class ModuleCatalog
{
    private const int LongestName = 100;

    private ModuleCatalog(ImmutableArray<RegisteredModule> modules) => Modules = modules;

    /// <summary>No modules.</summary>
    public static ModuleCatalog Empty { get; } = new([]);

    /// <summary>All modules, by name and version.</summary>
    public ImmutableArray<RegisteredModule> Modules { get; }

    /// <summary>Also the modules of an assembly's file: its classes that bear <see cref="NeptuneModuleAttribute"/>.</summary>
    /// <param name="path">The file; assemblies beside it are found.</param>
    /// <exception cref="InvalidInputException">
    /// The file is no assembly of modules, or has one that is registered already; the message names file and class.
    /// </exception>
    public ModuleCatalog Load(string path) =>
        ModuleAssembly.Load(path).Aggregate(this, (all, module) => all.With(module));

    /// <summary>Also a module of this program.</summary>
    /// <param name="name">The name that graphs call it by.</param>
    /// <param name="version">Its version; a change of what it computes gets another one.</param>
    /// <param name="create">Makes one.</param>
    /// <exception cref="InvalidInputException">Name or version is none, or the module is registered already.</exception>
    public ModuleCatalog Add<T>(string name, string version, Func<T> create)
        where T : torch.nn.Module<torch.Tensor, torch.Tensor> => Add(name, version, _ => create());

    /// <summary>Also a module of this program that takes settings.</summary>
    /// <inheritdoc cref="Add{T}(string, string, Func{T})"/>
    public ModuleCatalog Add<T>(string name, string version, Func<IReadOnlyDictionary<string, string>, T> create)
        where T : torch.nn.Module<torch.Tensor, torch.Tensor> =>
        With(new(new(name, version, HashOf(typeof(T).Assembly)), create));

    /// <summary>The module that a graph names.</summary>
    /// <exception cref="ModuleMissingException">It is not here, or as another version or assembly; the message says so.</exception>
    public RegisteredModule Require(ModuleRef module)
    {
        if (Modules.FirstOrDefault(m => m.Module == module) is { } registered)
        {
            return registered;
        }
        var same = Modules.Where(m => m.Module.Name == module.Name).Select(m => m.Module.ToString()).ToArray();
        throw new ModuleMissingException(
            $"The model runs the user's module {module}, and this silo has "
                + (
                    same.Length > 0 ? $"{string.Join(", ", same)}. Start it with that assembly (--modules)."
                    : Modules.IsEmpty ? "no modules. Start it with --modules."
                    : $"none of that name. {NearestNames.Offer(module.Name, Modules.Select(m => m.Module.Name))}"
                )
        );
    }

    /// <summary>The SHA-256 of an assembly's bytes in lower-case hex.</summary>
    internal static string HashOf(ReadOnlySpan<byte> assembly) => Convert.ToHexStringLower(SHA256.HashData(assembly));

    private static string HashOf(Assembly assembly) =>
        assembly.Location is { Length: > 0 } file
            ? HashOf(File.ReadAllBytes(file))
            // In a program of one file it has none; the compiler gives each build an id.
            : HashOf(Encoding.UTF8.GetBytes(assembly.ManifestModule.ModuleVersionId.ToString()));

    private ModuleCatalog With(RegisteredModule added)
    {
        CheckName("name", added.Module.Name);
        CheckName("version", added.Module.Version);
        return Modules.Any(m => m.Module.Name == added.Module.Name && m.Module.Version == added.Module.Version)
            ? throw new InvalidInputException(
                $"Module {added.Module.Name} {added.Module.Version} is registered twice. Give one of them another version."
            )
            : new([
                .. Modules
                    .Add(added)
                    .OrderBy(m => m.Module.Name, StringComparer.Ordinal)
                    .ThenBy(m => m.Module.Version, StringComparer.Ordinal),
            ]);
    }

    private static void CheckName(string what, string text)
    {
        if (text.Length is 0 or > LongestName || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new InvalidInputException(
                $"'{text}' is no {what} of a module: give 1 to {LongestName} letters, digits, '-', '_' and '.'."
            );
        }
    }
}
