namespace Neptune.Benchmarks;

/// <summary>One way to train a workload; blocks of steps are timed alternately with those of others.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>For the table, such as <c>neptune</c> or <c>plain TorchSharp</c>.</summary>
    string Name { get; }

    /// <summary>Makes model and state; not timed.</summary>
    Task PrepareAsync(Workload workload, CancellationToken cancellation);

    /// <summary>Runs optimizer steps, and gives the last mean loss.</summary>
    Task<double> TrainAsync(int steps, CancellationToken cancellation);
}
