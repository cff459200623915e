using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

/// <summary>One cluster with one trained and deployed model, which every wrong call must leave as it is.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private readonly TemporaryCluster _cluster = new();
    private NeptuneClient _neptune = null!;
    private DatasetView _digits = null!;
    private TrainingHistory _trained = null!;

    public async ValueTask InitializeAsync()
    {
        _neptune = await _cluster.StartAsync();
        _digits = await _neptune.Data.DigitsAsync();
        _trained = await _neptune.FitAsync(Models.Mlp(), _digits, name: "digits");
        await _neptune.DeployAsync(_trained.Package, "my-model");
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing that was stored is lost by a refused call.
        Assert.Contains(await _neptune.Jobs.ListAsync(), j => j.Id == _trained.Job.Id && j.Phase == JobPhase.Succeeded);
        Assert.Equal(_trained.Package.Artifact, (await _neptune.Endpoints.GetAsync("my-model")).Package.Artifact);
        Assert.NotEmpty(await _neptune.PredictAsync("my-model", new float[64]));
        await _neptune.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Given_an_unknown_data_set_when_asked_for_then_the_nearest_is_offered() =>
        await RefusedAsync<NotFoundException>(() => _neptune.Data.GetAsync("digit"), "'digit'", "Did you mean digits?");

    [Fact]
    public async Task Given_an_unknown_split_when_asked_for_then_the_nearest_is_offered() =>
        await RefusedAsync<NotFoundException>(
            () => _neptune.Data.GetAsync("digits:tset"),
            "'tset'",
            "Did you mean test?"
        );

    [Fact]
    public async Task Given_an_unknown_model_when_asked_for_then_the_nearest_is_offered() =>
        await RefusedAsync<NotFoundException>(() => _neptune.Models.GetAsync("digist"), "Did you mean digits?");

    [Fact]
    public async Task Given_an_unknown_endpoint_when_asked_then_the_nearest_is_offered() =>
        await RefusedAsync<NotFoundException>(
            () => _neptune.PredictAsync("my-modell", new float[64]),
            "Did you mean my-model?"
        );

    [Fact]
    public async Task Given_a_dense_layer_on_images_when_fitted_then_the_error_says_to_flatten() =>
        await RefusedAsync<GraphException>(
            () =>
                _neptune.FitAsync(
                    Sequential.Of(Dense(10, Softmax)).Compile(Adam(), SparseCategoricalCrossentropy()),
                    _digits
                ),
            "(8, 8, 1)",
            "Flatten()"
        );

    [Fact]
    public async Task Given_a_batch_larger_than_the_data_when_submitted_then_it_is_refused_with_both_numbers() =>
        await RefusedAsync<JobRejectedException>(
            () => _neptune.FitAsync(Models.Mlp(), _digits, perDeviceBatchSize: 4096),
            "16384",
            $"{_digits.Count}"
        );

    [Fact]
    public async Task Given_zero_nodes_when_submitted_then_it_is_refused() =>
        await RefusedAsync<JobRejectedException>(
            () => _neptune.FitAsync(Models.Mlp(), _digits, nodes: 0),
            "nodes is 0"
        );

    [Fact]
    public async Task Given_too_few_output_units_when_submitted_then_the_classes_are_named() =>
        await RefusedAsync<JobRejectedException>(
            () =>
                _neptune.FitAsync(
                    Sequential.Of(Flatten(), Dense(3, Softmax)).Compile(Adam(), SparseCategoricalCrossentropy()),
                    _digits
                ),
            "3 units",
            "10 classes"
        );

    [Fact]
    public async Task Given_a_label_outside_the_classes_when_imported_then_sample_and_label_are_named() =>
        await RefusedAsync<InvalidInputException>(
            () =>
                _neptune.Data.FromArraysAsync(
                    "odd",
                    [1],
                    ["a", "b"],
                    new Dictionary<string, (float[], long[])> { ["train"] = ([1, 2, 3], [0, 1, 2]) }
                ),
            "2"
        );

    [Fact]
    public async Task Given_an_empty_class_folder_when_imported_then_it_is_named()
    {
        var folder = Pictures.Folder(_cluster.Folder, ("cats", 2), ("dogs", 0));
        await RefusedAsync<InvalidInputException>(() => _neptune.Data.ImageFolderAsync(folder), "dogs");
    }

    [Fact]
    public async Task Given_a_corrupt_picture_when_imported_then_it_is_named()
    {
        var folder = Pictures.Folder(_cluster.Folder, ("cats", 2), ("dogs", 2));
        await File.WriteAllBytesAsync(Path.Combine(folder, "dogs", "broken.png"), [0x89, 0x50, 0x4E, 0x47, 1, 2, 3]);
        await RefusedAsync<InvalidInputException>(() => _neptune.Data.ImageFolderAsync(folder), "dogs/broken.png");
    }

    [Fact]
    public async Task Given_a_name_that_is_taken_when_deployed_then_it_says_by_what_and_how_to_replace_it()
    {
        var other = await _neptune.FitAsync(Models.Mlp(), _digits, seed: 9, name: "other");
        await RefusedAsync<ConflictException>(
            () => _neptune.DeployAsync(other.Package, "my-model"),
            "digits version 1",
            "--replace"
        );
    }

    [Fact]
    public async Task Given_a_sample_of_another_size_when_predicted_then_the_shapes_are_given() =>
        await RefusedAsync<InvalidInputException>(
            () => _neptune.PredictAsync("my-model", new float[63]),
            "63",
            "(8, 8, 1)"
        );

    [Fact]
    public async Task Given_an_altered_package_when_deployed_then_it_is_named_and_not_deployed()
    {
        var other = await _neptune.FitAsync(Models.Mlp(), _digits, seed: 10, name: "altered");
        var bytes = await File.ReadAllBytesAsync(other.Package.Path);
        bytes[bytes.Length / 2] ^= 1;
        File.Delete(other.Package.Path); // artifacts are read-only files
        await File.WriteAllBytesAsync(other.Package.Path, bytes);
        await RefusedAsync<NeptuneException>(
            () => _neptune.DeployAsync(other.Package, "altered"),
            other.Package.Artifact,
            "altered"
        );
        await Assert.ThrowsAsync<NotFoundException>(() => _neptune.Endpoints.GetAsync("altered"));
    }

    private static async Task RefusedAsync<TError>(Func<Task> call, params string[] parts)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(call);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
