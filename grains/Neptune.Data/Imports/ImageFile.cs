namespace Neptune.Data;

/// <summary>A file of an image folder.</summary>
/// <param name="Split">The split that it belongs to, usually <see cref="Dataset.Train"/>.</param>
/// <param name="Label">Its class: the name of the folder that it lies in.</param>
/// <param name="Name">Its path, for order and messages.</param>
/// <param name="Open">Opens it for reading; called at most once, and the stream is disposed.</param>
public sealed record ImageFile(string Split, string Label, string Name, Func<Stream> Open);
