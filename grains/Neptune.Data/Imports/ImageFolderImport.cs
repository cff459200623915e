namespace Neptune.Data;

/// <summary>What came of an import of images.</summary>
/// <param name="Manifest">The data set.</param>
/// <param name="Skipped">The files left out: no images, or unreadable ones.</param>
public sealed record ImageFolderImport(DatasetManifest Manifest, IReadOnlyList<SkippedFile> Skipped);
