using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

public sealed class ModuleErrorsTests(ModuleDevice device) : IClassFixture<ModuleDevice>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-modules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        "constructor",
        "failing 1.0",
        "could not be made: ArgumentException: there is no such thing (in Failing."
    )]
    [InlineData("null", "failing 1.0", "failed: InvalidOperationException: its forward gave null.")]
    [InlineData("type", "failing 1.0", "gives Float64. Convert its output to float32")]
    [InlineData("rows", "failing 1.0", "gave (1, 10) for 2 samples in training, and (1, 10) for 3 in inference")]
    [InlineData("counts", "failing 1.0", "changes its buffer calls of type Int64 in its forward. Only float32")]
    public Task Given_a_module_that_cannot_be_trained_when_described_then_the_error_says_what_it_did(
        string fault,
        params string[] expected
    ) =>
        device.Run(() =>
        {
            var error = Assert.Throws<GraphException>(() => device.Describe("failing", Shape.Of(64), ("fault", fault)));
            Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(
        "throws",
        "failing 1.0",
        "failed: InvalidOperationException: the moon is in the wrong place (in Failing.forward)"
    )]
    [InlineData(
        "shape",
        "Operation failing (UserModule): module failing 1.0",
        "gave Float32 (5, 9) for 5 samples",
        "(5, 10)"
    )]
    [InlineData(
        "starts-late",
        "Operation failing (UserModule)",
        "changed its buffer mean in training, and did not when"
    )]
    public Task Given_a_module_that_fails_on_a_batch_when_trained_then_the_error_names_it_and_the_next_batch_goes_on(
        string fault,
        params string[] expected
    ) =>
        device.Run(() =>
        {
            var graph = device.Classifier("failing", Shape.Of(64), ("fault", fault));
            using var replica = new Replica(device.Device, graph, seed: 1);
            using var exchange = replica.NewExchangeBuffer();
            var error = Assert.Throws<GraphException>(() =>
                replica.ForwardBackward(Samples.Batch(5, 64, 10), new(1, 0, 0, 0), exchange)
            );
            Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
            replica.ForwardBackward(Samples.Batch(3, 64, 10), new(1, 0, 0, 0), exchange);
        });

    [Fact]
    public Task Given_samples_of_another_shape_when_described_then_the_error_has_the_modules_own_words() =>
        device.Run(() =>
        {
            var error = Assert.Throws<GraphException>(() => device.Describe("perceptron", Shape.Of(63)));
            Assert.Contains("perceptron 1.0", error.Message, StringComparison.Ordinal);
            Assert.Contains("failed: ExternalException: mat1 and mat2 shapes", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public async Task Given_a_device_without_the_module_when_a_graph_needs_it_then_the_error_says_what_it_has()
    {
        var graph = await device.Device.RunAsync(
            () => device.Classifier("perceptron", Shape.Of(64)),
            CancellationToken.None
        );
        var wanted = ModuleFile.Module("perceptron").Module;
        var other = Path.Combine(_folder, "Changed.dll");
        File.WriteAllBytes(other, [.. File.ReadAllBytes(ModuleFile.Path), 0]);
        var create = ModuleFile.Module("perceptron").Create;

        Assert.Equal(
            $"The model runs the user's module {wanted}, and this silo has no modules. Start it with --modules.",
            await ErrorAsync(ModuleCatalog.Empty)
        );
        Assert.Contains("has none of that name. Did you mean perceptrom?", await ErrorAsync(Only("perceptrom", "1.0")));
        Assert.Contains("this silo has perceptron 1.1 (", await ErrorAsync(Only("perceptron", "1.1")));
        Assert.Contains(
            $"this silo has perceptron 1.0 ({ModuleCatalog.HashOf(File.ReadAllBytes(other))[..12]}). Start it with that assembly",
            await ErrorAsync(ModuleCatalog.Empty.Load(other))
        );

        ModuleCatalog Only(string name, string version) => ModuleCatalog.Empty.Add(name, version, create);

        async Task<string> ErrorAsync(ModuleCatalog modules)
        {
            await using var without = await TorchDevice.StartAsync("cpu:1", 1, modules);
            var error = await Assert.ThrowsAsync<ModuleMissingException>(() =>
                without.RunAsync(() => new Replica(without, graph, 1).Dispose(), CancellationToken.None)
            );
            return error.Message;
        }
    }

    [Fact]
    public void Given_files_that_are_no_modules_when_loaded_then_the_error_names_the_file_and_what_would_do()
    {
        var text = Path.Combine(_folder, "text.dll");
        File.WriteAllText(text, "no assembly");
        Assert.Equal($"'{text}' is no .NET assembly. Give the DLL of a class library.", ErrorOf(text));
        var missing = Path.Combine(_folder, "missing.dll");
        Assert.StartsWith($"Modules cannot be loaded from '{missing}': ", ErrorOf(missing));
        var without = typeof(ModuleRef).Assembly.Location;
        Assert.StartsWith($"'{without}' has no modules: mark their classes with [NeptuneModule", ErrorOf(without));

        static string ErrorOf(string path) =>
            Assert.Throws<InvalidInputException>(() => ModuleCatalog.Empty.Load(path)).Message;
    }

    [Theory]
    [InlineData("perceptron", "1.0", "Module perceptron 1.0 is registered twice. Give one of them another version.")]
    [InlineData("my net", "1.0", "'my net' is no name of a module: give 1 to 100 letters")]
    [InlineData("net", "", "'' is no version of a module: give 1 to 100 letters")]
    public void Given_a_name_that_cannot_be_when_registered_then_the_error_says_why(
        string name,
        string version,
        string expected
    )
    {
        var create = ModuleFile.Module("perceptron").Create;
        var error = Assert.Throws<InvalidInputException>(() => ModuleFile.Catalog.Add(name, version, create));
        Assert.StartsWith(expected, error.Message);
    }
}
