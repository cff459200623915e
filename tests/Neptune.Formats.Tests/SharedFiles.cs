namespace Neptune.Formats.Tests;

/// <summary>Sample files that are too many for the repository, in the folder <c>shared</c> beside it.</summary>
internal static class SharedFiles
{
    /// <summary>The path of a file or folder there; skips the test where it is missing.</summary>
    public static string Path(params string[] parts)
    {
        for (
            var folder = AppContext.BaseDirectory;
            folder is not null;
            folder = System.IO.Path.GetDirectoryName(folder)
        )
        {
            var path = System.IO.Path.Combine([folder, "shared", .. parts]);
            if (System.IO.Path.Exists(path))
            {
                return path;
            }
        }
        Assert.Skip($"The sample files shared/{string.Join('/', parts)} do not stand beside the repository.");
        return "";
    }
}
