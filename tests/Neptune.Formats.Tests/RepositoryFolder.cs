namespace Neptune.Formats.Tests;

/// <summary>Where the sources lie.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder of the solution, above the test's own.</summary>
    public static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Neptune.Orleans.sln")))
            {
                return folder;
            }
        }
        throw new InvalidOperationException($"No Neptune.Orleans.sln stands above {AppContext.BaseDirectory}.");
    }
}
