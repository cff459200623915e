using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>What a child process is told.</summary>
/// <param name="Rank">Which rank it is.</param>
/// <param name="Addresses">All ranks' processes.</param>
/// <param name="Token">The group's secret, in hexadecimal digits.</param>
/// <param name="Link">The kind of socket.</param>
/// <param name="Algorithm">How sums travel.</param>
/// <param name="ChunkBytes">How much travels at a time.</param>
/// <param name="SpinMicroseconds">How long a rank looks for bytes before it sleeps.</param>
/// <param name="Sizes">Bytes of the vectors to measure.</param>
/// <param name="Budget">Bytes to exchange for each size, about.</param>
internal sealed record AllReduceTask(
    int Rank,
    LinkAddress[] Addresses,
    string Token,
    LinkKind Link,
    ExchangeAlgorithm Algorithm,
    int ChunkBytes,
    double SpinMicroseconds,
    long[] Sizes,
    long Budget
);
