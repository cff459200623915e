namespace Neptune.Data;

/// <summary>A file or folder below an image folder, wherever its bytes are.</summary>
/// <param name="Path">Its path from the image folder, with <c>/</c> between names; a folder's ends with one.</param>
/// <param name="Open">Opens the file; null for a folder.</param>
public sealed record ImageTreeEntry(string Path, Func<Stream>? Open);
