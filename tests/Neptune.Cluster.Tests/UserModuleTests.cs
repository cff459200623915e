using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>Modules that users have written, from their assembly to a deployment.</summary>
public sealed class UserModuleTests : IAsyncLifetime
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "Neptune.UserModules.dll");
    private static readonly Shape Digit = Shape.Of(8, 8, 1);

    private readonly TemporaryCluster _cluster = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("perceptron", false)]
    [InlineData("convolution-net", true)]
    public async Task Given_any_number_of_nodes_when_a_module_trains_then_weights_and_optimizer_state_are_equal(
        string name,
        bool channelsFirst
    )
    {
        await using var neptune = await _cluster.StartAsync(nodes: 5, modules: File);
        var digits = await neptune.Data.DigitsAsync();
        var module = await neptune.Modules.GetAsync(name, channelsFirst ? Shape.Of(1, 8, 8) : Digit);
        var hashes = new HashSet<(string?, string?)>();
        foreach (var nodes in (int[])[1, 2, 3, 5])
        {
            var history = await neptune.FitAsync(
                Model(module, channelsFirst),
                digits,
                epochs: 2,
                validationSplit: 0.1,
                shards: 5,
                seed: 7,
                nodes: nodes,
                cancellation: TestContext.Current.CancellationToken
            );
            Assert.Equal(nodes, history.Job.Ranks.Length);
            hashes.Add((history.Package.WeightsSha256, history.Package.OptimizerSha256));
        }
        Assert.Single(hashes);
    }

    [Fact]
    public async Task Given_a_module_with_settings_when_trained_then_it_learns_and_is_evaluated_deployed_and_resumed_as_any_model()
    {
        await using var neptune = await _cluster.StartAsync(modules: File);
        var digits = await neptune.Data.DigitsAsync();
        var settings = new Dictionary<string, string>
        {
            ["hidden"] = "48",
            ["dropout"] = "0.1",
            ["classes"] = "16",
        };
        var module = await neptune.Modules.GetAsync("perceptron", Digit, "1.0", settings);
        var model = Sequential
            .Of(Layers.Module(module), Layers.Dense(10, Activation.Softmax))
            .Compile(Layers.Adam(), Layers.SparseCategoricalCrossentropy(), [Layers.Accuracy()]);

        var history = await neptune.FitAsync(model, digits, epochs: 10, seed: 1);
        var evaluation = await neptune.EvaluateAsync(history.Package, digits.Split("test"));
        Assert.True(evaluation["Test accuracy"] > 0.9, $"accuracy {evaluation["Test accuracy"]}");

        await neptune.DeployAsync(history.Package, "digits");
        var answers = await neptune.PredictAsync("digits", new float[64], new float[64]);
        Assert.Equal(10, answers[0].Outputs.Length);
        Assert.Equal(answers[0].Outputs.AsEnumerable(), answers[1].Outputs);

        var verification = await neptune.Jobs.VerifyAsync(history.Job.Id, nodes: 1);
        Assert.True(verification.IsEqual);
    }

    [Fact]
    public async Task Given_nodes_without_the_module_when_a_job_or_a_package_needs_it_then_they_say_what_is_missing()
    {
        JobSpec spec;
        PackageRef package;
        await using (var neptune = await _cluster.StartAsync(modules: File))
        {
            var digits = await neptune.Data.DigitsAsync();
            var model = Model(await neptune.Modules.GetAsync("perceptron", Digit), channelsFirst: false);
            package = (await neptune.FitAsync(model, digits)).Package;
            spec = Specs.Of(model, digits);
        }
        var module = ModuleRef.In(GraphJson.ReadTraining(Encoding.UTF8.GetBytes(spec.TrainingGraphJson)).Graph)[0];
        await using (var neptune = await _cluster.StartAsync())
        {
            var digits = await neptune.Data.DigitsAsync();
            var refused = await Assert.ThrowsAsync<JobRejectedException>(() => neptune.Jobs.SubmitAsync(spec));
            Assert.Equal(
                $"The job cannot run: it needs module {module}, which no node has: node local/cpu:0 has none, node local/cpu:1 "
                    + "has none. Start silos with its assembly (--modules).",
                refused.Message
            );
            var unknown = await Assert.ThrowsAsync<NotFoundException>(() =>
                neptune.Modules.GetAsync("perceptron", Digit)
            );
            Assert.Equal(
                "No node has a module perceptron. Start silos with its assembly (--modules).",
                unknown.Message
            );
            var expected =
                $"Silo local: The model runs the user's module {module}, and this silo has no modules. Start it with --modules.";
            var evaluated = await Assert.ThrowsAsync<MissingModuleException>(() =>
                neptune.EvaluateAsync(package, digits.Split("test"))
            );
            Assert.Equal(expected, evaluated.Message);
            var deployed = await Assert.ThrowsAsync<MissingModuleException>(() =>
                neptune.DeployAsync(package, "digits")
            );
            Assert.Equal(expected, deployed.Message);
            await Assert.ThrowsAsync<NotFoundException>(() => neptune.Endpoints.GetAsync("digits"));
        }
        var changed = Path.Combine(_cluster.Folder, "Neptune.UserModules.dll");
        await System.IO.File.WriteAllBytesAsync(changed, [.. await System.IO.File.ReadAllBytesAsync(File), 0]);
        await using (var neptune = await _cluster.StartAsync(modules: changed))
        {
            var refused = await Assert.ThrowsAsync<JobRejectedException>(() => neptune.Jobs.SubmitAsync(spec));
            Assert.Contains($"it needs module {module}, which no node has", refused.Message, StringComparison.Ordinal);
            Assert.Contains("another assembly", refused.Message, StringComparison.Ordinal);
            var deployed = await Assert.ThrowsAsync<MissingModuleException>(() =>
                neptune.DeployAsync(package, "digits")
            );
            Assert.Contains("and this silo has perceptron 1.0 (", deployed.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(
        "throws",
        "user's module failing 1.0",
        "failed: InvalidOperationException: the moon is in the wrong place"
    )]
    [InlineData(
        "shape",
        "module failing 1.0",
        "gave Float32 (16, 9) for 16 samples, and its graph says Float32 (16, 10)"
    )]
    [InlineData("unrepeatable", "what the model computes is not repeatable")]
    public async Task Given_a_module_that_fails_in_training_when_it_does_then_the_job_fails_with_its_words_and_nodes_go_on(
        string fault,
        params string[] expected
    )
    {
        await using var neptune = await _cluster.StartAsync(nodes: 3, modules: File);
        var digits = await neptune.Data.DigitsAsync();
        var module = await neptune.Modules.GetAsync(
            "failing",
            Digit,
            settings: new Dictionary<string, string> { ["fault"] = fault }
        );
        var error = await Assert.ThrowsAsync<JobFailedException>(() =>
            neptune.FitAsync(Model(module, channelsFirst: false), digits)
        );
        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        var sound = Model(await neptune.Modules.GetAsync("failing", Digit), channelsFirst: false);
        Assert.Equal(3, (await neptune.FitAsync(sound, digits)).Job.Ranks.Length);
    }

    [Fact]
    public async Task Given_an_unrepeatable_module_on_one_node_when_trained_then_the_job_fails_and_the_node_works_on()
    {
        await using var neptune = await _cluster.StartAsync(nodes: 1, modules: File);
        var digits = await neptune.Data.DigitsAsync();
        var settings = new Dictionary<string, string> { ["fault"] = "unrepeatable" };
        var module = await neptune.Modules.GetAsync("failing", Digit, settings: settings);
        var error = await Assert.ThrowsAsync<JobFailedException>(() =>
            neptune.FitAsync(Model(module, channelsFirst: false), digits)
        );
        Assert.Contains("The only rank computed the gradient of shard", error.Message, StringComparison.Ordinal);
        Assert.Contains("what the model computes is not repeatable", error.Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(await neptune.Nodes.ListAsync()).IsDrained);
    }

    [Fact]
    public async Task Given_a_module_that_cannot_be_described_when_asked_for_then_the_error_says_what_it_did()
    {
        await using var neptune = await _cluster.StartAsync(modules: File);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            neptune.Modules.GetAsync(
                "failing",
                Digit,
                settings: new Dictionary<string, string> { ["fault"] = "constructor" }
            )
        );
        Assert.Contains("could not be made: ArgumentException: there is no such thing", error.Message);
        var nearest = await Assert.ThrowsAsync<NotFoundException>(() => neptune.Modules.GetAsync("perceptrom", Digit));
        Assert.StartsWith("No node has a module perceptrom. Did you mean perceptron?", nearest.Message);
        var version = await Assert.ThrowsAsync<NotFoundException>(() =>
            neptune.Modules.GetAsync("perceptron", Digit, "2.0")
        );
        Assert.StartsWith("No node has module perceptron 2.0: perceptron 1.0 (", version.Message);
    }

    private static Sequential Model(Graph module, bool channelsFirst) =>
        Sequential
            .Of(Layers.Module(module, channelsFirst))
            .Compile(Layers.Adam(), Layers.SparseCategoricalCrossentropy(fromLogits: true), [Layers.Accuracy()]);
}
