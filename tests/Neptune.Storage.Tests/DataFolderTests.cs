namespace Neptune.Storage.Tests;

public class DataFolderTests
{
    private static readonly ClusterEndpoint Endpoint = new()
    {
        ClusterId = "c",
        ServiceId = "s",
        Gateways = ["127.0.0.1:30000"],
        ProcessId = 7,
    };

    [Fact]
    public void Given_no_folder_when_opened_then_it_is_made_and_can_be_opened_again_later()
    {
        using var parent = new TemporaryFolder();
        var path = parent.At("deep", "down");
        for (var time = 0; time < 2; time++)
        {
            using var folder = DataFolder.Open(path);
            Assert.True(File.Exists(Path.Combine(path, "state.db")));
            Assert.True(Directory.Exists(Path.Combine(path, "artifacts")));
        }
    }

    [Fact]
    public void Given_a_folder_open_in_this_process_when_opened_again_then_the_owner_is_named()
    {
        using var parent = new TemporaryFolder();
        using var folder = DataFolder.Open(parent.Path);
        var error = Assert.Throws<DataFolderInUseException>(() => DataFolder.Open(parent.Path));
        Assert.Contains(
            $"'{parent.Path}' is in use by process {Environment.ProcessId}",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_a_folder_open_in_another_process_when_opened_then_that_process_is_named()
    {
        using var parent = new TemporaryFolder();
        using (var holder = new FolderHolder(parent.Path))
        {
            Assert.Equal("held", holder.Answer);
            var error = Assert.Throws<DataFolderInUseException>(() => DataFolder.Open(parent.Path));
            Assert.Contains($"in use by process {holder.ProcessId}", error.Message, StringComparison.Ordinal);
            Assert.Contains("--data-dir", error.Message, StringComparison.Ordinal);
        }
        using var folder = DataFolder.Open(parent.Path);
        using var second = new FolderHolder(parent.Path);
        Assert.Contains($"in use by process {Environment.ProcessId}", second.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_owner_that_was_killed_when_opened_then_the_folder_is_free()
    {
        using var parent = new TemporaryFolder();
        using var holder = new FolderHolder(parent.Path);
        holder.Kill();
        using var folder = DataFolder.Open(parent.Path);
    }

    [Fact]
    public void Given_an_endpoint_when_published_then_others_read_it_until_the_folder_is_closed()
    {
        using var parent = new TemporaryFolder();
        Assert.Null(DataFolder.ReadEndpoint(parent.Path));
        Assert.Null(DataFolder.ReadEndpoint(parent.At("none")));
        using (var folder = DataFolder.Open(parent.Path))
        {
            folder.PublishEndpoint(Endpoint with { ClusterId = "before" });
            folder.PublishEndpoint(Endpoint);
            Assert.Equivalent(Endpoint, DataFolder.ReadEndpoint(parent.Path));
        }
        Assert.Null(DataFolder.ReadEndpoint(parent.Path));
    }

    [Fact]
    public void Given_an_endpoint_of_a_killed_owner_when_the_folder_is_opened_then_it_is_gone()
    {
        using var parent = new TemporaryFolder();
        File.WriteAllText(parent.At("cluster.json"), "{}");
        Assert.Contains(
            "is no description of a cluster",
            Assert.Throws<StorageException>(() => DataFolder.ReadEndpoint(parent.Path)).Message,
            StringComparison.Ordinal
        );
        using var folder = DataFolder.Open(parent.Path);
        Assert.Null(DataFolder.ReadEndpoint(parent.Path));
    }

    [Fact]
    public void Given_a_file_in_place_of_the_folder_when_opened_then_the_message_says_so()
    {
        using var parent = new TemporaryFolder();
        File.WriteAllText(parent.At("file"), "");
        foreach (var path in (string[])[parent.At("file"), parent.At("file", "below")])
        {
            var error = Assert.Throws<StorageException>(() => DataFolder.Open(path));
            Assert.Contains($"'{path}' cannot be used", error.Message, StringComparison.Ordinal);
            Assert.Contains("--data-dir", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Given_a_place_where_nobody_may_write_when_opened_then_the_message_names_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");
        var error = Assert.Throws<StorageException>(() => DataFolder.Open("/proc/neptune"));
        Assert.Contains("'/proc/neptune' cannot be used", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_folder_without_the_right_to_write_when_opened_then_the_message_says_so()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("Rights do not bind this user.");
            return;
        }
        using var parent = new TemporaryFolder();
        File.SetUnixFileMode(parent.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var error = Assert.Throws<StorageException>(() => DataFolder.Open(parent.Path));
        Assert.Contains("no right to write", error.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(parent.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Given_a_full_disk_when_written_then_the_message_says_so_and_no_part_is_left()
    {
        using var disk = SmallDisk.TryMount();
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        using var folder = DataFolder.Open(disk.Path);
        var error = await Assert.ThrowsAsync<StorageException>(() =>
            folder.Artifacts.WriteAsync(new byte[2 << 20], TestContext.Current.CancellationToken)
        );
        Assert.Contains("no space is left on its disk", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data-dir", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Path, "artifacts"), "*", SearchOption.AllDirectories));

        var states = new States(folder.Database);
        var full = await Assert.ThrowsAsync<StorageException>(() =>
            states.WriteAsync("a", new Note { Text = new string('x', 2 << 20) })
        );
        Assert.Contains("no space is left on its disk", full.Message, StringComparison.Ordinal);
        // What is small still fits, and a failed write left nothing.
        await states.WriteAsync("a", new Note { Text = "small" });
    }

    [Fact]
    public void Given_the_environment_when_no_folder_is_named_then_it_says_where()
    {
        Assert.Equal(
            "/given",
            DataFolder.DefaultPathFrom(name => name == "NEPTUNE_DATA_DIR" ? "/given" : null, "/home")
        );
        Assert.Equal(Path.Combine("/home", "neptune"), DataFolder.DefaultPathFrom(_ => null, "/home"));
        Assert.EndsWith("neptune", DataFolder.DefaultPath, StringComparison.Ordinal);
    }
}
