namespace Neptune.Data;

/// <summary>
/// Brings data sets into a chunk store. Samples stream through: memory holds one chunk of each split. Equal input gives
/// an equal manifest.
/// </summary>
public static class DatasetImport
{
    /// <summary>
    /// The data set that comes with Neptune: 1,797 handwritten digits of 8 x 8 pixels, 0 to 16, in the splits train
    /// (1,438) and test (359), which a fixed seed chose.
    /// </summary>
    public static Task<DatasetManifest> DigitsAsync(IChunkStore store, CancellationToken cancellation) =>
        DigitsImport.ImportAsync(store, cancellation);

    /// <summary>Reads MNIST, or a set in its format, from a folder's four IDX files, plain or gzipped.</summary>
    /// <param name="folder">
    /// Holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.
    /// </param>
    /// <param name="name">What to call the data set.</param>
    /// <param name="provenance">Where it comes from.</param>
    /// <param name="store">Receives the chunks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DatasetException">A file is missing, is no IDX file, or has not the length that it says.</exception>
    public static Task<DatasetManifest> IdxAsync(
        string folder,
        string name,
        Provenance provenance,
        IChunkStore store,
        CancellationToken cancellation
    ) => IdxAsync(IdxImport.Enumerate(folder), name, provenance, store, cancellation);

    /// <summary>The same from named streams, of which each is opened once.</summary>
    /// <inheritdoc cref="IdxAsync(string, string, Provenance, IChunkStore, CancellationToken)"/>
    public static Task<DatasetManifest> IdxAsync(
        IEnumerable<NamedStream> files,
        string name,
        Provenance provenance,
        IChunkStore store,
        CancellationToken cancellation
    ) => IdxImport.ImportAsync(files, name, provenance, store, cancellation);

    /// <summary>Decodes images, whose class is the folder that they lie in, one by one.</summary>
    /// <param name="files">
    /// The files, for example from <see cref="ImageFolder.Enumerate"/>; they are taken sorted by split, label and name.
    /// </param>
    /// <param name="options">Size, channels and name.</param>
    /// <param name="store">Receives the chunks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DatasetException">
    /// There are fewer than two classes, or a class has no readable image; the message names it.
    /// </exception>
    public static Task<ImageFolderImport> ImageFolderAsync(
        IEnumerable<ImageFile> files,
        ImageFolderOptions options,
        IChunkStore store,
        CancellationToken cancellation
    ) => ImageFolderImporter.ImportAsync(files, options, store, cancellation);

    /// <summary>Stores arrays.</summary>
    /// <exception cref="DatasetException">
    /// Lengths do not match, a class is out of range, or a value is no finite number; the message says which.
    /// </exception>
    public static Task<DatasetManifest> ArraysAsync(
        ArrayDataset arrays,
        IChunkStore store,
        CancellationToken cancellation
    ) => ArrayImport.ImportAsync(arrays, store, cancellation);
}
