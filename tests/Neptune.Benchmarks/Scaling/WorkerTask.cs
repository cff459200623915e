using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>What a worker process is told.</summary>
/// <param name="Workload">The workload's name.</param>
/// <param name="IsPlain">True for the plain TorchSharp loop.</param>
/// <param name="Process">Which process it is: its rank among <paramref name="Members"/> and <paramref name="Gate"/>, if they are several.</param>
/// <param name="Members">The processes that train one model; itself alone where it trains for itself.</param>
/// <param name="Gate">The processes that it goes in lockstep with though it trains for itself; or none.</param>
/// <param name="Token">The group's secret.</param>
/// <param name="Link">The kind of link.</param>
internal sealed record WorkerTask(
    string Workload,
    bool IsPlain,
    int Process,
    LinkAddress[] Members,
    LinkAddress[] Gate,
    string Token,
    LinkKind Link
);
