namespace Neptune.Formats;

/// <summary>How a text is kept.</summary>
internal enum Hdf5Text
{
    /// <summary>In place, filled up with zeros or spaces.</summary>
    Fixed,

    /// <summary>In a heap of the file.</summary>
    Variable,
}
