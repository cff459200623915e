using System.Collections.Immutable;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>
/// A cluster as its users see it, the embedded one and a remote one alike. Safe for all threads.
/// </summary>
/// <example><code>
/// await using var neptune = await LocalCluster.StartAsync();
/// var train = await neptune.Data.ImageFolderAsync("~/images");
/// var history = await neptune.FitAsync(model, train, epochs: 50, validationSplit: 0.1, seed: 42);
/// await neptune.DeployAsync(history.Package, "my-model");
/// </code></example>
public sealed class NeptuneClient : IAsyncDisposable
{
    private readonly Evaluations _evaluations;
    private readonly IAsyncDisposable _owner;

    /// <summary>A client over a connection; disposing it disposes <paramref name="owner"/>.</summary>
    public NeptuneClient(IGrainFactory grains, IAsyncDisposable owner)
    {
        _owner = owner;
        Artifacts = new(grains);
        Data = new(grains, Artifacts);
        Jobs = new(grains);
        Nodes = new(grains);
        Modules = new(grains, Nodes);
        _evaluations = new(grains, Nodes);
        Models = new(grains, Artifacts, _evaluations);
        Endpoints = new(grains);
    }

    /// <summary>Data sets.</summary>
    public DatasetClient Data { get; }

    /// <summary>Training jobs.</summary>
    public JobClient Jobs { get; }

    /// <summary>The registry of trained models.</summary>
    public ModelClient Models { get; }

    /// <summary>Deployments.</summary>
    public EndpointClient Endpoints { get; }

    /// <summary>The devices of the cluster.</summary>
    public NodeClient Nodes { get; }

    /// <summary>Users' modules that the nodes have.</summary>
    public ModuleClient Modules { get; }

    /// <summary>Files of the cluster.</summary>
    public ArtifactClient Artifacts { get; }

    /// <summary>Connects to a cluster.</summary>
    /// <param name="address">
    /// HOST:PORT of a silo's gateway, or several with commas between them, of which one must answer; or redis:HOST:PORT of
    /// the cluster's Redis, with options of StackExchange.Redis behind commas where needed: then the client finds the
    /// gateways, and new ones, by itself.
    /// </param>
    /// <param name="cancellation">Gives up connecting.</param>
    /// <exception cref="ArgumentException">It is no address; the message says what would be.</exception>
    /// <exception cref="ClusterUnreachableException">Nobody answers there; the message says what to do.</exception>
    public static Task<NeptuneClient> ConnectAsync(string address, CancellationToken cancellation = default) =>
        ClusterConnection.OpenAsync(address, cancellation);

    /// <summary>Trains a model to its end.</summary>
    /// <param name="model">Layers, compiled with optimizer and loss.</param>
    /// <param name="data">The samples to train on.</param>
    /// <param name="epochs">Passes over the data.</param>
    /// <param name="validationSplit">The share of the samples, in [0, 1), that validates after each epoch.</param>
    /// <param name="shuffle">True draws a new order of the samples for each epoch.</param>
    /// <param name="perDeviceBatchSize">Samples per gradient shard.</param>
    /// <param name="shards">Gradient shards per step: the global batch is shards times the per-device batch.</param>
    /// <param name="seed">Of weights, splits, order and dropout.</param>
    /// <param name="nodes">How many nodes to use; null uses all. The weights' bits do not depend on it.</param>
    /// <param name="name">The registry's name for the result; null takes the model's.</param>
    /// <param name="progress">Told of every change.</param>
    /// <param name="mixedNumerics">
    /// True lets nodes of unlike numerics work together: the weights' bits then depend on which node computed what.
    /// </param>
    /// <param name="leastNodes">How many nodes to begin with at least; null begins with all.</param>
    /// <param name="from">The version of another job to start from; model, data and batch must be equal.</param>
    /// <param name="retention">Which checkpoints are kept; null keeps the last three and the best.</param>
    /// <param name="checkpointInterval">The least time between checkpoints; null is 10 s.</param>
    /// <param name="cancellation">Stops the job at a step boundary; what was reached is kept.</param>
    /// <exception cref="JobRejectedException">The job cannot run; the message names the field.</exception>
    /// <exception cref="NotFoundException">The job or version to start from is missing.</exception>
    /// <exception cref="JobFailedException">The job has failed; its snapshot holds the last good package.</exception>
    /// <exception cref="JobCancelledException">The job was cancelled; its snapshot holds what was reached.</exception>
    /// <exception cref="GraphException">The model does not fit the data; the message gives layer and shapes.</exception>
    public async Task<TrainingHistory> FitAsync(
        Sequential model,
        DatasetView data,
        int epochs = 1,
        double validationSplit = 0,
        bool shuffle = true,
        int perDeviceBatchSize = 16,
        int shards = 4,
        ulong seed = 0,
        int? nodes = null,
        string? name = null,
        IProgress<JobSnapshot>? progress = null,
        bool mixedNumerics = false,
        int? leastNodes = null,
        JobOrigin? from = null,
        CheckpointRetention? retention = null,
        TimeSpan? checkpointInterval = null,
        CancellationToken cancellation = default
    )
    {
        var options = new FitOptions
        {
            Epochs = epochs,
            ValidationSplit = validationSplit,
            Shuffle = shuffle,
            PerDeviceBatchSize = perDeviceBatchSize,
            Shards = shards,
            Seed = seed,
            Nodes = nodes,
            MixedNumerics = mixedNumerics,
            LeastNodes = leastNodes,
            Name = name,
            Retention = retention,
            CheckpointInterval = checkpointInterval,
        };
        return await FitAsync(model, data, options, from, progress, cancellation);
    }

    /// <summary>Trains a model to its end.</summary>
    /// <param name="model">Layers, compiled with optimizer and loss.</param>
    /// <param name="data">The samples to train on.</param>
    /// <param name="options">Epochs, batch, nodes and the like.</param>
    /// <param name="from">The version of another job to start from; model, data and batch must be equal.</param>
    /// <param name="progress">Told of every change.</param>
    /// <param name="cancellation">Stops the job at a step boundary; what was reached is kept.</param>
    /// <exception cref="JobRejectedException">The job cannot run; the message names the field.</exception>
    /// <exception cref="NotFoundException">The job or version to start from is missing.</exception>
    /// <exception cref="JobFailedException">The job has failed; its snapshot holds the last good package.</exception>
    /// <exception cref="JobCancelledException">The job was cancelled; its snapshot holds what was reached.</exception>
    /// <exception cref="GraphException">The model does not fit the data; the message gives layer and shapes.</exception>
    public async Task<TrainingHistory> FitAsync(
        Sequential model,
        DatasetView data,
        FitOptions options,
        JobOrigin? from = null,
        IProgress<JobSnapshot>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var graph = model.Build(Shape.Of([.. data.Info.FeatureShape]));
        var json = Encoding.UTF8.GetString(GraphJson.Write(graph));
        var nodes = options.Nodes ?? await AllNodesAsync(graph.Graph);
        var job = await Jobs.SubmitAsync(options.ToSpec(json, data, nodes, model.Name) with { From = from });
        return await Jobs.WaitAsync(job.Id, progress, cancellation);
    }

    /// <summary>Runs samples through a trained package.</summary>
    /// <param name="package">What to evaluate.</param>
    /// <param name="data">The samples.</param>
    /// <param name="perDeviceBatchSize">Samples per forward pass.</param>
    /// <param name="ignoreIndex">A class whose samples count for nothing; null counts all.</param>
    /// <param name="normalizeColumns">True divides the confusion matrix by its column sums: precision per class.</param>
    /// <param name="normalizeAccuracy">True gives each class the same weight: the mean of the classes' recalls.</param>
    public async Task<Evaluation> EvaluateAsync(
        PackageRef package,
        DatasetView data,
        int perDeviceBatchSize = 16,
        long? ignoreIndex = null,
        bool normalizeColumns = false,
        bool normalizeAccuracy = false
    )
    {
        var request = new EvaluationRequest
        {
            Package = package.Artifact,
            Dataset = data.Ref,
            BatchSize = perDeviceBatchSize,
            IgnoreIndex = ignoreIndex,
        };
        var result = await _evaluations.OnANodeAsync(node => node.RunAsync(request));
        return new(result, normalizeColumns, normalizeAccuracy);
    }

    /// <summary>Trains a model of the registry on, wholly or in part, to its end.</summary>
    /// <param name="model">The model to begin with, as <c>name</c>, <c>name@2</c> or <c>name@champion</c>.</param>
    /// <param name="data">The samples to train on.</param>
    /// <param name="settings">Optimizer, loss, what stays as it is, a new last layer; null trains all by Adam.</param>
    /// <param name="options">Epochs, batch, nodes and the like.</param>
    /// <param name="progress">Told of every change.</param>
    /// <param name="cancellation">Stops the job at a step boundary; what was reached is kept.</param>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    /// <exception cref="GraphException">The model cannot be trained so, or does not fit the data.</exception>
    /// <exception cref="JobRejectedException">The job cannot run; the message names the field.</exception>
    /// <exception cref="JobFailedException">The job has failed; its snapshot holds the last good package.</exception>
    /// <exception cref="JobCancelledException">The job was cancelled; its snapshot holds what was reached.</exception>
    public async Task<TrainingHistory> FineTuneAsync(
        string model,
        DatasetView data,
        FineTuneSettings? settings = null,
        FitOptions? options = null,
        IProgress<JobSnapshot>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var version = await Models.GetAsync(model);
        var package = await Models.OpenInferenceAsync(version.Package, cancellation);
        return await TrainOnAsync(
            (package.Graph.Graph, package.Weights, package.Lineage.Origin),
            version.Package.Model.Value,
            data,
            settings ?? new(),
            options ?? new(),
            progress,
            cancellation
        );
    }

    /// <summary>Trains a model file of another framework to its end: a Caffe solver, a compiled Keras model, or any other.</summary>
    /// <param name="file">What <see cref="ModelClient.ReadAsync"/> has read.</param>
    /// <param name="data">The samples to train on.</param>
    /// <param name="settings">Null trains as the file says (see <see cref="ModelFile.SettingsFor"/>).</param>
    /// <param name="options">Null takes the file's batch and steps (see <see cref="ModelFile.Options"/>).</param>
    /// <param name="progress">Told of every change.</param>
    /// <param name="cancellation">Stops the job at a step boundary; what was reached is kept.</param>
    /// <exception cref="GraphException">The model cannot be trained so, or does not fit the data.</exception>
    /// <exception cref="JobRejectedException">The job cannot run; the message names the field.</exception>
    /// <exception cref="JobFailedException">The job has failed; its snapshot holds the last good package.</exception>
    /// <exception cref="JobCancelledException">The job was cancelled; its snapshot holds what was reached.</exception>
    public Task<TrainingHistory> FineTuneAsync(
        ModelFile file,
        DatasetView data,
        FineTuneSettings? settings = null,
        FitOptions? options = null,
        IProgress<JobSnapshot>? progress = null,
        CancellationToken cancellation = default
    ) =>
        TrainOnAsync(
            (file.Model.Graph, file.Model.Weights, file.Origin),
            file.Name,
            data,
            settings ?? file.SettingsFor(data),
            options ?? file.Options,
            progress,
            cancellation
        );

    /// <summary>Runs a package once on tensors by name, as it is: nothing is scaled, and logits stay logits.</summary>
    /// <param name="package">What runs.</param>
    /// <param name="inputs">A value for each of the graph's inputs.</param>
    /// <returns>The outputs by name.</returns>
    /// <exception cref="InvalidInputException">An input is missing or does not fit; the message gives the shapes.</exception>
    public async Task<IReadOnlyDictionary<string, TensorValue>> RunAsync(
        PackageRef package,
        IReadOnlyDictionary<string, TensorValue> inputs
    )
    {
        var outputs = await _evaluations.RunNamedAsync(package.Artifact, inputs, CancellationToken.None);
        return outputs.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>
    /// Folds a package's inference graph: batch normalizations go into the weights before them, what depends on constants alone
    /// becomes constant, identities go. A node runs both graphs on random inputs.
    /// </summary>
    /// <param name="package">What answers, of training or inference; it stays as it is.</param>
    /// <param name="tolerance">
    /// The greatest difference between an element before and after, relative to the largest element where that is more than 1.
    /// </param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="InvalidInputException">The answers differ by more; the message says by how much.</exception>
    public async Task<OptimizedModel> OptimizeAsync(
        PackageRef package,
        double tolerance = OptimizedModel.DefaultTolerance,
        CancellationToken cancellation = default
    )
    {
        var result = await _evaluations.OnANodeAsync(node =>
            node.OptimizeAsync(package.Artifact, tolerance).WaitAsync(cancellation)
        );
        var stored = package with { Artifact = result.Package };
        return new(await Models.OpenInferenceAsync(stored, cancellation), result);
    }

    /// <summary>Deploys a package by name: <see cref="PredictAsync"/> then answers.</summary>
    /// <exception cref="ConflictException">The name is taken by another package, and not to be replaced.</exception>
    public Task<EndpointInfo> DeployAsync(PackageRef package, string name, bool replace = false) =>
        Endpoints.DeployAsync(package, name, replace);

    /// <summary>Answers of a deployment for samples of raw features.</summary>
    /// <param name="endpoint">The deployment's name.</param>
    /// <param name="samples">One array of raw features for each sample, such as pixels of 0..255.</param>
    /// <exception cref="NotFoundException">Nothing is deployed by that name; the message offers the nearest.</exception>
    /// <exception cref="InvalidInputException">A sample does not fit the model; the message gives the shapes.</exception>
    public Task<IReadOnlyList<Prediction>> PredictAsync(string endpoint, params IReadOnlyList<float[]> samples) =>
        Endpoints.PredictAsync(endpoint, samples);

    /// <summary>Ends the connection, and the embedded cluster where this is one.</summary>
    public ValueTask DisposeAsync() => _owner.DisposeAsync();

    private async Task<TrainingHistory> TrainOnAsync(
        (Graph Graph, ImmutableSortedDictionary<string, TensorValue> Weights, ModelOrigin? Origin) model,
        string name,
        DatasetView data,
        FineTuneSettings settings,
        FitOptions options,
        IProgress<JobSnapshot>? progress,
        CancellationToken cancellation
    )
    {
        var prepared = FineTuning.Prepare(
            model.Graph,
            model.Weights,
            Shape.Of([.. data.Info.FeatureShape]),
            settings with
            {
                HasClasses = data.Info.Labels.Length > 0,
                Seed = options.Seed,
            }
        );
        var artifact = await Models.StoreAsync(prepared, model.Origin, cancellation);
        var json = Encoding.UTF8.GetString(GraphJson.Write(prepared.Graph));
        var nodes = options.Nodes ?? await AllNodesAsync(prepared.Graph.Graph);
        var spec = options.ToSpec(json, data, nodes, name) with { InitialWeights = artifact };
        var job = await Jobs.SubmitAsync(spec);
        return await Jobs.WaitAsync(job.Id, progress, cancellation);
    }

    // All that take jobs, and have the users' modules that the graph runs.
    private async Task<int> AllNodesAsync(Graph graph)
    {
        var modules = ModuleRef.In(graph).Select(m => new NodeModule(m.Name, m.Version, m.Sha256)).ToArray();
        return Math.Max(1, (await Nodes.ListAsync()).Count(n => !n.IsDrained && modules.All(n.Modules.Contains)));
    }
}
