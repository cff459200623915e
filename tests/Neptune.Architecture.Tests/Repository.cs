using System.Xml.Linq;

namespace Neptune.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] BuildFolders = ["bin", "obj"];

    public static string Root { get; } = Find();

    /// <summary>All projects, by name.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } =
        FilesOf("*.csproj").ToDictionary(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal);

    /// <summary>The projects that users run: all but tests.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Products =>
        Projects.Where(p => !Relative(p.Value).StartsWith("tests/", StringComparison.Ordinal));

    /// <summary>The C# files of the products.</summary>
    public static IEnumerable<string> ProductSources =>
        FilesOf("*.cs").Where(f => !Relative(f).StartsWith("tests/", StringComparison.Ordinal));

    public static IEnumerable<string> FilesOf(string pattern) =>
        new[] { "client", "deploy", "grains", "silo", "tests" }
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Where(f => !Relative(f).Split('/').Any(BuildFolders.Contains))
            .Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The values of an attribute of all elements of a name.</summary>
    public static IEnumerable<string> Attributes(string file, string element, string attribute) =>
        XDocument.Load(file).Descendants(element).Select(e => e.Attribute(attribute)?.Value).OfType<string>();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Neptune.Orleans.sln")))
        {
            folder =
                folder.Parent
                ?? throw new DirectoryNotFoundException($"No Neptune.Orleans.sln above {AppContext.BaseDirectory}.");
        }
        return folder.FullName;
    }
}
