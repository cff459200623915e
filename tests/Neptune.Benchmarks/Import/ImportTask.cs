namespace Neptune.Benchmarks;

/// <summary>What a child process imports.</summary>
/// <param name="File">The model's file.</param>
/// <param name="Graph">A file with the graph as JSON, onto which weights are put; null where the file has its own.</param>
internal sealed record ImportTask(string File, string? Graph);
