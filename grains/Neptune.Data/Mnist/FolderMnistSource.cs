namespace Neptune.Data;

/// <summary>Copies MNIST from a folder, plain or gzipped.</summary>
internal sealed class FolderMnistSource(string source) : IMnistSource
{
    public string Name => $"folder {source}";

    public async Task FetchAsync(string folder, IReadOnlyCollection<string> missing, CancellationToken cancellation)
    {
        if (!Directory.Exists(source))
            throw new DatasetException("There is no such folder.");
        foreach (var file in missing)
        {
            var plain = Path.Combine(source, file);
            var path = File.Exists(plain) ? plain : plain + ".gz";
            if (!File.Exists(path))
                throw new DatasetException($"It has neither {file} nor {file}.gz.");
            await using var stream = File.OpenRead(path);
            var bytes = await MnistStream.ReadAsync(stream, path, cancellation).ConfigureAwait(false);
            MnistFiles.Place(folder, file, bytes.Span, path);
        }
    }
}
