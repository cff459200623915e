namespace Neptune.Benchmarks;

/// <summary>A format that a big model is written in.</summary>
/// <param name="Name">For people.</param>
/// <param name="Ending">Of its files.</param>
/// <param name="HasGraph">False where files hold weights alone, which are put onto a graph.</param>
/// <param name="Write">Writes a model; throws <see cref="NotSupportedException"/> with the reason where this machine cannot.</param>
internal sealed record BigModelFormat(string Name, string Ending, bool HasGraph, Action<BigModel, Stream> Write);
