using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// A trained model on one device: weights and optimizer state in flat buffers, the pass over a shard, and the optimizer
/// step. Made, used and disposed on the device's own thread.
/// </summary>
/// <remarks>
/// Weights and state live in host memory, where one managed pass applies the optimizer. On a GPU the weights are copied
/// there after each step, and gradients come back after each pass.
/// </remarks>
public sealed class Replica : IDisposable
{
    private readonly TorchDevice _device;
    private readonly WeightStore _weights;
    private readonly ReplicaState _state;
    private readonly FusedOptimizer _optimizer;
    private readonly ShardPass _pass;
    private bool _disposed;

    /// <summary>Draws or takes the weights and prepares the graph.</summary>
    /// <param name="device">Where it computes; the caller is on its thread.</param>
    /// <param name="graph">What is trained.</param>
    /// <param name="seed">First weights are drawn from it.</param>
    /// <param name="weights">All parameters and buffers by name, in place of drawn ones.</param>
    /// <param name="optimizerState">All of the optimizer's state by name; null begins without.</param>
    /// <exception cref="GraphException">The graph cannot be trained; the message names the operation.</exception>
    /// <exception cref="ArgumentException">Weights or state do not fit the graph; the message names the entry.</exception>
    public Replica(
        TorchDevice device,
        TrainingGraph graph,
        ulong seed,
        IReadOnlyDictionary<string, TensorValue>? weights = null,
        IReadOnlyDictionary<string, TensorValue>? optimizerState = null
    )
    {
        device.EnsureCurrent();
        TrainingGraphValidation.Check(graph);
        _device = device;
        Graph = graph;
        _optimizer = FusedOptimizer.Of(graph.Optimizer);
        _weights = new WeightStore(device, graph.Graph);
        _state = new ReplicaState(_weights, _optimizer, graph.Updates, graph.Optimizer.Clipping);
        _pass = new ShardPass(device, graph, _weights);
        if (weights is null)
        {
            _weights.Draw(seed);
        }
        else
        {
            _weights.Import(weights);
        }
        if (optimizerState is not null)
        {
            _state.Import(optimizerState);
        }
    }

    /// <summary>What is trained.</summary>
    public TrainingGraph Graph { get; }

    /// <summary>The length of the exchanged vector in elements; equal on every node.</summary>
    public int ExchangeLength => _pass.Layout.Length;

    /// <summary>How many values of the exchanged vector, from its start, are gradients.</summary>
    public int GradientLength => _pass.Layout.Trainable.Length;

    /// <summary>What is measured besides loss and accuracy.</summary>
    public MetricSet Metrics => _pass.Metrics;

    /// <summary>The step size, before its schedule.</summary>
    public float LearningRate
    {
        get => _optimizer.LearningRate;
        set => _optimizer.LearningRate = value;
    }

    /// <summary>A vector of zeros to exchange. Any thread may call this.</summary>
    public ExchangeBuffer NewExchangeBuffer() => new(_pass.Layout);

    /// <summary>Forward and backward over one shard; the weights stay as they were.</summary>
    /// <param name="batch">The shard's samples; none gives zeros.</param>
    /// <param name="key">What random numbers depend on.</param>
    /// <param name="into">Overwritten with the shard's sums.</param>
    /// <exception cref="ArgumentException">The batch does not fit the graph, or a label is out of range.</exception>
    /// <param name="final">
    /// Told of parts [start, end) of the vector that will not change any more, while the backward pass goes on with the
    /// rest: each of its first <see cref="GradientLength"/> values once. The values behind are final on return.
    /// </param>
    public ShardOutcome ForwardBackward(
        in ShardBatch batch,
        ShardKey key,
        ExchangeBuffer into,
        Action<int, int>? final = null
    )
    {
        Enter();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        return _pass.ForwardBackward(batch, key, into, final);
    }

    /// <summary>Applies the optimizer to the reduced sums of a global batch, and updates running statistics.</summary>
    /// <param name="reduced">The sum of all shards' exchanged vectors.</param>
    public ApplyOutcome Apply(ReadOnlySpan<float> reduced)
    {
        Enter();
        var layout = _pass.Layout;
        if (reduced.Length != layout.Length)
        {
            throw new ArgumentException(
                $"The reduced vector has {reduced.Length} elements, and this replica exchanges {layout.Length}."
            );
        }
        var tail = reduced[layout.Tail..];
        var count = tail[ExchangeLayout.CountSlot];
        var outcome = new ApplyOutcome(
            count > 0,
            tail[ExchangeLayout.LossSlot],
            (long)count,
            (long)tail[ExchangeLayout.CorrectSlot],
            null
        );
        if (!(count > 0))
        {
            return outcome;
        }
        var finite = _state.Apply(reduced[..layout.Trainable.Length], count);
        _pass.UpdateStatistics(reduced, tail[ExchangeLayout.RowsSlot]);
        _weights.Publish();
        return finite ? outcome : outcome with { NonFiniteParameter = layout.Trainable.FirstNonFinite(reduced) ?? "" };
    }

    /// <inheritdoc cref="Apply(ReadOnlySpan{float})"/>
    public ApplyOutcome Apply(ReadOnlyMemory<float> reduced) => Apply(reduced.Span);

    /// <summary>The sums of <see cref="Metrics"/> in a reduced vector.</summary>
    public ReadOnlySpan<float> MetricSumsOf(ReadOnlySpan<float> reduced) =>
        reduced.Slice(_pass.Layout.Metrics, _pass.Layout.MetricLength);

    /// <summary>Loss, correct answers and metrics over samples, in inference mode.</summary>
    public EvaluationSums Evaluate(in ShardBatch batch)
    {
        Enter();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        return _pass.Evaluate(batch);
    }

    /// <summary>The outputs for rows of features: probabilities where the loss is one of classes.</summary>
    /// <param name="features">Scaled features, rows times the elements of a sample.</param>
    /// <param name="rows">The number of samples.</param>
    /// <returns>Rows times the elements of an output.</returns>
    public float[] Predict(ReadOnlySpan<float> features, int rows)
    {
        Enter();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        return _pass.Predict(features, rows);
    }

    /// <summary>The hash by which replicas are compared (see <see cref="WeightsHash"/>).</summary>
    public string WeightsSha256() => WeightsHash.Of(Graph.Graph, p => MemoryMarshal.AsBytes(_weights.ElementsOf(p)));

    /// <summary>Copies of all parameters and buffers by name.</summary>
    public ImmutableSortedDictionary<string, TensorValue> ExportWeights() => _weights.Export();

    /// <summary>Copies of the optimizer's state by name, such as <c>adam.m/dense_1.weight</c>.</summary>
    public ImmutableSortedDictionary<string, TensorValue> ExportOptimizerState() => _state.Export();

    /// <summary>Takes weights and state of another replica: training goes on to the same bits.</summary>
    /// <exception cref="ArgumentException">They do not fit the graph; the message names the entry.</exception>
    public void ImportState(
        IReadOnlyDictionary<string, TensorValue> weights,
        IReadOnlyDictionary<string, TensorValue> optimizerState
    )
    {
        Enter();
        _weights.Import(weights);
        _state.Import(optimizerState);
    }

    /// <summary>
    /// The replica's whole state but for <see cref="OptimizerStep"/>, as vectors in an order and of lengths that the graph
    /// fixes: weights, buffers, optimizer state. Whoever overwrites them calls <see cref="TakeState"/>. Any thread may read them
    /// while no step is under way.
    /// </summary>
    public IReadOnlyList<Memory<float>> State => [_weights.TrainableMemory, _weights.BufferMemory, .. _state.Vectors];

    /// <summary>The steps that the optimizer counts for its corrections.</summary>
    public long OptimizerStep => _optimizer.Step;

    /// <summary>The vectors of <see cref="State"/> were overwritten with another replica's.</summary>
    /// <param name="optimizerStep">That replica's.</param>
    public void TakeState(long optimizerStep)
    {
        Enter();
        _optimizer.Step = optimizerStep;
        _weights.Publish();
    }

    /// <summary>Frees all native memory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _device.EnsureCurrent();
        _disposed = true;
        _pass.Dispose();
        _state.Dispose();
        _weights.Dispose();
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _device.EnsureCurrent();
    }
}
