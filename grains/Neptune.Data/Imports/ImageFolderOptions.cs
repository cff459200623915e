namespace Neptune.Data;

/// <summary>How images become samples.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>What to call the data set.</summary>
    public required string Name { get; init; }

    /// <summary>Images are resized to this height, 1 to <see cref="ImageDecoder.MaxSide"/> pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Images are resized to this width, 1 to <see cref="ImageDecoder.MaxSide"/> pixels.</summary>
    public required int Width { get; init; }

    /// <summary>1 for grey, 3 for colour (the default).</summary>
    public int Channels { get; init; } = 3;

    /// <summary>
    /// True ends the import at the first image that cannot be read; false (the default) leaves it out and reports it.
    /// </summary>
    public bool StopAtUnreadable { get; init; }

    /// <summary>Where the images come from.</summary>
    public Provenance Provenance { get; init; } = Provenance.Unknown;
}
