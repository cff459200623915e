using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>What a worker process is told.</summary>
/// <param name="Workload">The workload's name.</param>
/// <param name="IsPlain">True for the plain TorchSharp loop.</param>
/// <param name="Rank">Which rank it is.</param>
/// <param name="Addresses">All ranks' processes.</param>
/// <param name="Token">The group's secret.</param>
/// <param name="Link">The kind of link.</param>
internal sealed record WorkerTask(
    string Workload,
    bool IsPlain,
    int Rank,
    LinkAddress[] Addresses,
    string Token,
    LinkKind Link
);
