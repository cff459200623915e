namespace Neptune.Data;

/// <summary>A file that may lie on a disk or come over a network.</summary>
/// <param name="Name">What errors call it: a path or file name.</param>
/// <param name="Open">Opens it for reading; called at most once, and the stream is disposed.</param>
public sealed record NamedStream(string Name, Func<Stream> Open);
