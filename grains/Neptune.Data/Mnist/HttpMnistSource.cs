using System.Net;

namespace Neptune.Data;

/// <summary>Downloads MNIST from a mirror: base address + file name, plain or gzipped.</summary>
internal sealed class HttpMnistSource(Uri mirror) : IMnistSource
{
    public string Name => $"mirror {mirror}";

    public async Task FetchAsync(string folder, IReadOnlyCollection<string> missing, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        foreach (var file in missing)
        {
            try
            {
                if (
                    !await TryAsync(client, folder, file, "", cancellation).ConfigureAwait(false)
                    && !await TryAsync(client, folder, file, ".gz", cancellation).ConfigureAwait(false)
                )
                {
                    throw new DatasetException($"It has neither {file} nor {file}.gz.");
                }
            }
            catch (HttpRequestException e)
            {
                throw new DatasetException($"{file}: {e.Message}", e);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                throw new DatasetException($"{file} did not arrive within {client.Timeout.TotalMinutes} minutes.", e);
            }
        }
    }

    private async Task<bool> TryAsync(
        HttpClient client,
        string folder,
        string file,
        string suffix,
        CancellationToken cancellation
    )
    {
        var address = new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/{file}{suffix}");
        using var response = await client
            .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var bytes = await MnistStream.ReadAsync(stream, address.ToString(), cancellation).ConfigureAwait(false);
        MnistFiles.Place(folder, file, bytes.Span, address.ToString());
        return true;
    }
}
