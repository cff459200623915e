namespace Neptune.Data;

/// <summary>A place that may have MNIST's files.</summary>
internal interface IMnistSource
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Puts the missing files into the folder.</summary>
    /// <exception cref="DatasetException">It cannot; the message says why.</exception>
    Task FetchAsync(string folder, IReadOnlyCollection<string> missing, CancellationToken cancellation);
}
