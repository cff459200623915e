namespace Neptune.Benchmarks;

/// <summary>What the import of a big file takes.</summary>
/// <param name="Format">The file's format.</param>
/// <param name="FileBytes">The file's size.</param>
/// <param name="Seconds">The median time, in a process that has imported nothing before.</param>
/// <param name="TinySeconds">The same of a tiny file: what starting costs.</param>
/// <param name="MemoryTimesSize">The median of the peak memory above that of a tiny file, in file sizes.</param>
internal sealed record ImportResult(
    string Format,
    long FileBytes,
    double Seconds,
    double TinySeconds,
    double MemoryTimesSize
);
