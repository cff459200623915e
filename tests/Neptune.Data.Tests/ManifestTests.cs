using System.Text;
using System.Text.Json.Nodes;

namespace Neptune.Data.Tests;

public class ManifestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Changes() =>
        new()
        {
            { "formatVersion", "2", "has manifest format 2, this version of Neptune reads 1" },
            { "scale", "0", "scale is 0" },
            { "labels", "[\"a\"]", "at least two classes" },
            { "targetWidth", "1", "labels must be empty" },
            { "targetWidth", "-1", "targetWidth is -1" },
            { "featureShape", "[8, 8, 100000000]", "featureShape is [8, 8, 100000000]" },
            { "splits", "[]", "splits is empty" },
            { "unknown", "1", "no data set manifest of format 1" },
            { "name", "null", "no data set manifest of format 1" },
            { "elementType", "\"int64\"", "no data set manifest of format 1" },
            {
                "splits",
                """[{"name":"train","count":2,"classCounts":[1,0,0,0,0,0,0,0,0,0],"chunks":[]}]""",
                "has 2 samples, but its classes have 1"
            },
            {
                "splits",
                """[{"name":"train","count":1,"classCounts":[1,0,0,0,0,0,0,0,0,0],"chunks":[]}]""",
                "has 1 samples, but its chunks have 0"
            },
            {
                "splits",
                """[{"name":"train","count":1,"classCounts":[1,0,0,0,0,0,0,0,0,0],"chunks":[{"sha256":"../x","first":0,"count":1}]}]""",
                "which is no SHA-256"
            },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Given_a_manifest_that_contradicts_itself_when_read_then_the_field_is_named(
        string field,
        string value,
        string message
    )
    {
        var manifest = await DatasetImport.DigitsAsync(new MemoryChunkStore(), Token);
        var json = JsonNode.Parse(manifest.ToJson())!;
        json[field] = JsonNode.Parse(value);
        var error = Assert.Throws<DatasetException>(() =>
            DatasetManifest.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()))
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Given_something_else_when_read_as_a_manifest_then_it_is_refused(string text) =>
        Assert.Contains(
            "no data set manifest",
            Assert.Throws<DatasetException>(() => DatasetManifest.FromJson(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Given_chunks_that_do_not_fit_when_opened_then_the_chunk_is_named()
    {
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.DigitsAsync(store, Token);
        var chunk = manifest.Split(Dataset.Test).Chunks[0].Sha256;
        var whole = store.Chunks[chunk];
        store.Chunks[chunk] = whole[..^1];
        var cut = await Assert.ThrowsAsync<DatasetException>(() =>
            Dataset.OpenAsync(manifest, Dataset.Test, store, Token)
        );
        Assert.Contains($"Chunk {chunk}", cut.Message, StringComparison.Ordinal);
        store.Chunks[chunk] = [.. whole[..^4], 10, 0, 0, 0];
        var label = await Assert.ThrowsAsync<DatasetException>(() =>
            Dataset.OpenAsync(manifest, Dataset.Test, store, Token)
        );
        Assert.Contains("Sample 358", label.Message, StringComparison.Ordinal);
        store.Chunks.Remove(chunk, out _);
        await Assert.ThrowsAsync<InvalidDataException>(() => Dataset.OpenAsync(manifest, Dataset.Test, store, Token));
    }

    [Fact]
    public async Task Given_a_split_that_is_not_there_when_opened_then_those_there_are_listed()
    {
        var manifest = await DatasetImport.DigitsAsync(new MemoryChunkStore(), Token);
        Assert.Contains(
            "It has: test, train.",
            Assert.Throws<DatasetException>(() => manifest.Split("validation")).Message,
            StringComparison.Ordinal
        );
    }
}
