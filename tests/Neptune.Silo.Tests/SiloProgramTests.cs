using Neptune.Client;

namespace Neptune.Silo.Tests;

public sealed class SiloProgramTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neptune-silo-{Guid.NewGuid():N}");

    [Theory]
    [InlineData(SiloProcess.Terminate)]
    [InlineData(SiloProcess.Interrupt)]
    public async Task Given_a_silo_when_a_signal_asks_it_to_end_then_it_has_answered_until_then_and_ends_cleanly(
        int signal
    )
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        using var silo = SiloProcess.Start([], ("NEPTUNE_DATA_DIR", _folder), ("NEPTUNE_NODES", "3"));
        var line = await silo.ReadLineAsync();
        Assert.Matches(@"^neptune-silo answers at 127\.0\.0\.1:\d+ with 3 nodes over ", line);
        await using (
            var neptune = await NeptuneClient.ConnectAsync(line!.Split(' ')[3], TestContext.Current.CancellationToken)
        )
        {
            Assert.Equal(3, (await neptune.Nodes.ListAsync()).Length);
        }
        silo.Signal(signal);
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.False(File.Exists(Path.Combine(_folder, "cluster.json")));
    }

    [Fact]
    public async Task Given_options_and_variables_when_both_are_set_then_the_options_win()
    {
        using var silo = SiloProcess.Start(
            ["--nodes", "1", "--threads-per-node", "2", "--data-dir", _folder],
            ("NEPTUNE_NODES", "3"),
            ("NEPTUNE_DATA_DIR", "/nowhere")
        );
        Assert.EndsWith($" with 1 node over {_folder}", await silo.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_data_folder_that_is_in_use_when_a_silo_starts_on_it_then_it_says_who_has_it()
    {
        using var owner = SiloProcess.Start(["--data-dir", _folder, "--nodes", "1"]);
        await owner.ReadLineAsync();
        using var other = SiloProcess.Start(["--data-dir", _folder]);
        var (exitCode, errors) = await other.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"error: '{_folder}' is in use by process ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Theory]
    [InlineData("--nodes", "many", "error: --nodes is many. Give a whole number of at least 1.")]
    [InlineData("--threads-per-node", "0", "error: --threads-per-node is 0. Give a whole number of at least 1.")]
    [InlineData("--nods", "3", "error: There is no option --nods. Did you mean --nodes?")]
    [InlineData("3", "4", "error: '3' is one argument too many.")]
    [InlineData("--devices", "gpu:0", "error: 'gpu:0' is no device: use cpu:N or cuda:N")]
    [InlineData("--devices", "cpu:0,cpu:0", "error: cpu:0 is given twice in --devices")]
    [InlineData("--devices", "cpu:0,", "error: '' is no device")]
    [InlineData("--name", "a", "error: --name needs --redis")]
    [InlineData("--silo-port", "1234", "error: --silo-port needs --redis")]
    [InlineData("--silo-port", "66000", "error: --silo-port is 66000. Give a whole number from 0 to 65535.")]
    [InlineData("--gateway-port", "-1", "error: --gateway-port is -1. Give a whole number from 0 to 65535.")]
    [InlineData("--data-port", "x", "error: --data-port is x. Give a whole number from 0 to 65535.")]
    [InlineData("--advertise-address", "here", "error: --advertise-address is here. Give an IP address")]
    [InlineData("--advertise-address", "0.0.0.0", "error: --advertise-address is 0.0.0.0. Give an IP address")]
    [InlineData("--label", "zone", "error: --label is zone. Give KEY=VALUE, such as zone=a.")]
    [InlineData("--links", "tpc", "error: --links is tpc. Did you mean tcp?")]
    [InlineData("--redis", "localhost:66000", "error: --redis is no address of Redis: ")]
    public async Task Given_a_wrong_option_when_a_silo_starts_then_one_line_says_what_would_do(
        string option,
        string value,
        string message
    )
    {
        using var silo = SiloProcess.Start([option, value, "--data-dir", _folder]);
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal(2, exitCode);
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Fact]
    public async Task Given_a_wrong_variable_when_a_silo_starts_then_the_message_names_the_variable()
    {
        using var silo = SiloProcess.Start([], ("NEPTUNE_NODES", "-1"), ("NEPTUNE_DATA_DIR", _folder));
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            "error: $NEPTUNE_NODES is -1. Give a whole number of at least 1.",
            errors,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("NEPTUNE_REDIS", "localhost:66000", "--redis is no address of Redis: ")]
    [InlineData("NEPTUNE_DEVICES", "cpu", "'cpu' is no device")]
    [InlineData("NEPTUNE_NAME", "a", "--name needs --redis")]
    [InlineData("NEPTUNE_LABEL", "a=1,a=2", "$NEPTUNE_LABEL is a=1,a=2. Give each label once: a is there twice.")]
    [InlineData("NEPTUNE_ADVERTISE_ADDRESS", "x", "$NEPTUNE_ADVERTISE_ADDRESS is x. Give an IP address")]
    [InlineData("NEPTUNE_SILO_PORT", "tcp://10.0.0.1:1", "$NEPTUNE_SILO_PORT is tcp://10.0.0.1:1. Give a whole number")]
    [InlineData("NEPTUNE_PORTABLE_NUMERICS", "x", "$NEPTUNE_PORTABLE_NUMERICS is x. Give true or false.")]
    [InlineData("NEPTUNE_LINKS", "x", "$NEPTUNE_LINKS is x.")]
    public async Task Given_a_setting_in_the_environment_when_it_is_wrong_then_one_line_says_so(
        string variable,
        string value,
        string message
    )
    {
        using var silo = SiloProcess.Start(["--data-dir", _folder], (variable, value));
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal(2, exitCode);
        Assert.StartsWith($"error: {message}", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Fact]
    public async Task Given_nodes_and_devices_when_both_are_named_then_one_line_says_so()
    {
        using var silo = SiloProcess.Start(["--nodes", "2", "--devices", "cpu:0", "--data-dir", _folder]);
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal((2, "error: Give --nodes or --devices, not both: --devices names each node."), (exitCode, errors));
    }

    [Fact]
    public async Task Given_devices_by_name_when_a_silo_starts_then_these_are_its_nodes()
    {
        using var silo = SiloProcess.Start(["--devices", "cpu:3", "--data-dir", _folder]);
        var line = await silo.ReadLineAsync();
        await using var neptune = await NeptuneClient.ConnectAsync(
            line!.Split(' ')[3],
            TestContext.Current.CancellationToken
        );
        Assert.Equal("local/cpu:3", Assert.Single(await neptune.Nodes.ListAsync()).Id.Value);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
