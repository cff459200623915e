namespace Neptune.Formats.Tests;

/// <summary>A folder of text files that is taken away again.</summary>
internal sealed class CaffeFolder : IDisposable
{
    public CaffeFolder(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
        {
            var path = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("neptune-caffe").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
