using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>A node in words, and as JSON.</summary>
internal static class NodeWords
{
    public static string StateOf(NodeInfo node) =>
        node switch
        {
            { Job: { } job, IsDrained: true } => $"{job} (draining)",
            { Job: { } job } => job.Value,
            { Fault: { } fault } => $"fenced: {fault}",
            { IsDrained: true } => "drained",
            _ => "free",
        };

    public static object ToJson(NodeInfo node, string name) =>
        new
        {
            @event = name,
            node = node.Id.Value,
            job = node.Job?.Value,
            drained = node.IsDrained,
            fault = node.Fault,
            labels = node.Labels,
            threads = node.Threads,
            memoryBytes = node.MemoryBytes,
            gflops = Math.Round(node.Gflops, 1),
            numericsFingerprint = node.NumericsFingerprint,
            modules = node.Modules.Select(m => new
            {
                name = m.Name,
                version = m.Version,
                sha256 = m.Sha256,
            }),
        };
}
