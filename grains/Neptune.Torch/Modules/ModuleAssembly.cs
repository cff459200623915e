using System.Reflection;
using System.Runtime.Loader;
using Neptune.Contracts;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Loads users' assemblies. What is hashed is what runs: the bytes are read once. TorchSharp and Neptune are this process's own,
/// other references come from the assembly's folder.
/// </summary>
internal static class ModuleAssembly
{
    /// <summary>The modules of a file.</summary>
    /// <exception cref="InvalidInputException">The file is no assembly of modules; the message names it and what is wrong.</exception>
    public static IEnumerable<RegisteredModule> Load(string path)
    {
        var file = Path.GetFullPath(path);
        byte[] bytes;
        Type[] types;
        try
        {
            bytes = File.ReadAllBytes(file);
            types = new Folder(file).LoadFromStream(new MemoryStream(bytes)).GetTypes();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Modules cannot be loaded from '{file}': {error.Message}", error);
        }
        catch (BadImageFormatException error)
        {
            throw new InvalidInputException($"'{file}' is no .NET assembly. Give the DLL of a class library.", error);
        }
        catch (ReflectionTypeLoadException error)
        {
            throw new InvalidInputException(
                $"'{file}' refers to what is not here: {error.LoaderExceptions[0]?.Message} Build it against this Neptune's "
                    + "assemblies, and put other references beside it.",
                error
            );
        }
        var hash = ModuleCatalog.HashOf(bytes);
        RegisteredModule[] modules = [.. types.Select(type => Of(type, file, hash)).OfType<RegisteredModule>()];
        return modules.Length > 0
            ? modules
            : throw new InvalidInputException(
                $"'{file}' has no modules: mark their classes with [NeptuneModule(\"name\", \"version\")]."
            );
    }

    private static RegisteredModule? Of(Type type, string file, string hash)
    {
        if (type.GetCustomAttribute<NeptuneModuleAttribute>() is not { } attribute)
        {
            return null;
        }
        if (type.IsAbstract || !type.IsAssignableTo(typeof(torch.nn.Module<torch.Tensor, torch.Tensor>)))
        {
            throw new InvalidInputException(
                $"{type.FullName} in '{file}' bears [NeptuneModule], and is no Module<Tensor, Tensor> that can be made."
            );
        }
        var withSettings = type.GetConstructor([typeof(IReadOnlyDictionary<string, string>)]);
        var plain = type.GetConstructor(Type.EmptyTypes);
        if (withSettings is null && plain is null)
        {
            throw new InvalidInputException(
                $"{type.FullName} in '{file}' has no public constructor without parameters, nor one that takes "
                    + "IReadOnlyDictionary<string, string>. Add one."
            );
        }
        return new(
            new(attribute.Name, attribute.Version, hash),
            settings =>
                (torch.nn.Module<torch.Tensor, torch.Tensor>)(
                    withSettings?.Invoke(BindingFlags.DoNotWrapExceptions, null, [settings], null)
                    ?? plain!.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null)
                )
        );
    }

    /// <summary>An assembly and what it refers to: what this process has already is taken from there.</summary>
    private sealed class Folder(string file) : AssemblyLoadContext(Path.GetFileName(file))
    {
        private readonly AssemblyDependencyResolver? _resolver = File.Exists(file) ? new(file) : null;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                // The folder may hold copies of TorchSharp and Neptune, whose types would be others than this process's.
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (FileNotFoundException)
            {
                // the assembly's own
            }
            var beside = Path.Combine(Path.GetDirectoryName(file)!, $"{assemblyName.Name}.dll");
            var found = _resolver?.ResolveAssemblyToPath(assemblyName) ?? (File.Exists(beside) ? beside : null);
            return found is null ? null : LoadFromAssemblyPath(found);
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver?.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
