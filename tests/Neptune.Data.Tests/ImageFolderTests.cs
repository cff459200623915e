namespace Neptune.Data.Tests;

public class ImageFolderTests
{
    private static readonly string Fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "image-folder");
    private static readonly ImageFolderOptions Grey28 = new()
    {
        Name = "digits",
        Height = 28,
        Width = 28,
        Channels = 1,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_a_folder_of_digits_when_imported_then_classes_and_pixels_are_there()
    {
        var store = new MemoryChunkStore();
        var import = await DatasetImport.ImageFolderAsync(ImageFolder.Enumerate(Fixture), Grey28, store, Token);
        Assert.Empty(import.Skipped);
        Assert.Equal(10, import.Manifest.Labels.Count);
        Assert.Equal([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], import.Manifest.Split(Dataset.Train).ClassCounts);
        var source = await Dataset.OpenAsync(import.Manifest, Dataset.Train, store, Token);
        var features = new float[28 * 28];
        source.ReadFeatures([5], features);
        Assert.Equal(1f, features.Max(), 0.01f);
        Assert.Equal(0f, features[0]);
    }

    [Fact]
    public async Task Given_the_files_in_another_order_when_imported_then_the_identity_is_the_same()
    {
        var files = ImageFolder.Enumerate(Fixture);
        var one = await DatasetImport.ImageFolderAsync(files, Grey28, new MemoryChunkStore(), Token);
        var other = await DatasetImport.ImageFolderAsync(files.Reverse(), Grey28, new MemoryChunkStore(), Token);
        Assert.Equal(one.Manifest.Sha256, other.Manifest.Sha256);
    }

    [Fact]
    public async Task Given_a_larger_real_folder_when_imported_then_all_images_are_read()
    {
        const string folder = "/work/shared/data/image-folder";
        Assert.SkipUnless(Directory.Exists(folder), $"There is no {folder}.");
        var options = Grey28 with { Height = 14, Width = 14 };
        var import = await DatasetImport.ImageFolderAsync(
            ImageFolder.Enumerate(folder),
            options,
            new MemoryChunkStore(),
            Token
        );
        Assert.Equal(200, import.Manifest.Split(Dataset.Train).Count);
    }

    [Fact]
    public void Given_split_folders_when_listed_then_files_belong_to_them()
    {
        using var folder = Tree("train/a/1.png", "train/b/1.png", "test/a/2.png", "val/b/deep/3.png", ".git/c/x.png");
        Assert.Equal(
            ["test a", "train a", "train b", "validation b"],
            ImageFolder.Enumerate(folder.Path).Select(f => $"{f.Split} {f.Label}").Order()
        );
    }

    [Fact]
    public void Given_a_lone_test_folder_beside_classes_when_listed_then_the_classes_are_for_training()
    {
        using var folder = Tree("a/1.png", "b/1.png", "test/a/2.png", "test/b/2.png");
        Assert.Equal(
            ["test a", "test b", "train a", "train b"],
            ImageFolder.Enumerate(folder.Path).Select(f => $"{f.Split} {f.Label}").Order()
        );
    }

    [Fact]
    public void Given_a_class_that_is_called_test_when_listed_then_it_is_a_class()
    {
        using var folder = Tree("test/1.png", "other/1.png");
        Assert.Equal(["other", "test"], ImageFolder.Enumerate(folder.Path).Select(f => f.Label).Order());
    }

    [Fact]
    public async Task Given_files_that_are_no_images_when_imported_then_they_are_left_out_and_reported()
    {
        using var folder = Tree("a/1.png", "b/1.png", "b/notes.txt", "b/broken.png");
        File.WriteAllText(Path.Combine(folder.Path, "b", "broken.png"), "no image");
        var import = await DatasetImport.ImageFolderAsync(
            ImageFolder.Enumerate(folder.Path),
            Grey28,
            new MemoryChunkStore(),
            Token
        );
        Assert.Equal(["b/broken.png", "b/notes.txt"], import.Skipped.Select(s => s.Name));
        Assert.Equal([1, 1], import.Manifest.Split(Dataset.Train).ClassCounts);
        var strict = Grey28 with { StopAtUnreadable = true };
        await ThrowsAsync(ImageFolder.Enumerate(folder.Path), strict, "Image 'b/broken.png' is no PNG");
    }

    [Fact]
    public async Task Given_a_class_without_readable_images_when_imported_then_it_is_named()
    {
        using var folder = Tree("a/1.png", "b/notes.txt");
        await ThrowsAsync(
            ImageFolder.Enumerate(folder.Path),
            Grey28,
            "Class 'b' (split 'train') has no readable images"
        );
        Directory.CreateDirectory(Path.Combine(folder.Path, "c"));
        var error = Assert.Throws<DatasetException>(() => ImageFolder.Enumerate(folder.Path));
        Assert.Contains(
            "Class 'c' (split 'train') has no readable images. The folder",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Given_one_class_or_a_class_that_is_never_trained_when_imported_then_it_is_refused()
    {
        using var one = Tree("only/1.png");
        await ThrowsAsync(ImageFolder.Enumerate(one.Path), Grey28, "one class only, 'only'");
        using var untrained = Tree("train/a/1.png", "train/b/1.png", "test/c/1.png");
        await ThrowsAsync(ImageFolder.Enumerate(untrained.Path), Grey28, "Class 'c' occurs in another split, but not");
        await ThrowsAsync([], Grey28, "has no images");
        using var twice = Tree("a/1.png", "b/1.png");
        var files = ImageFolder.Enumerate(twice.Path);
        await ThrowsAsync([.. files, files[0]], Grey28, "Image 'a/1.png' is given twice");
    }

    [Fact]
    public void Given_a_wrong_folder_when_listed_then_the_message_says_what_is_expected()
    {
        using var folder = Tree("train/a/1.png", "train/b/1.png", "stray/1.png", "file.png");
        Assert.Contains("'stray', which is no split", Throws(folder.Path), StringComparison.Ordinal);
        Assert.Contains("is a file", Throws(Path.Combine(folder.Path, "file.png")), StringComparison.Ordinal);
        Assert.Contains("There is no folder", Throws(Path.Combine(folder.Path, "none")), StringComparison.Ordinal);
        Assert.Contains("holds no folders", Throws(Path.Combine(folder.Path, "stray")), StringComparison.Ordinal);

        static string Throws(string path) => Assert.Throws<DatasetException>(() => ImageFolder.Enumerate(path)).Message;
    }

    [Fact]
    public async Task Given_a_cancelled_import_when_it_runs_then_it_stops() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetImport.ImageFolderAsync(
                ImageFolder.Enumerate(Fixture),
                Grey28,
                new MemoryChunkStore(),
                new CancellationToken(true)
            )
        );

    private static async Task ThrowsAsync(IEnumerable<ImageFile> files, ImageFolderOptions options, string message)
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetImport.ImageFolderAsync(files, options, new MemoryChunkStore(), Token)
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder Tree(params string[] files)
    {
        var folder = new TemporaryFolder();
        foreach (var file in files)
            folder.Write(file, Pictures.Grey(4, 4, 200));
        return folder;
    }
}
