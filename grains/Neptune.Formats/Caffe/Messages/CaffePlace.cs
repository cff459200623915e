namespace Neptune.Formats;

/// <summary>Where something stands in a Caffe file.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line of a text, from 1; 0 in a binary file.</param>
/// <param name="Column">The column in it, from 1; in a binary file the byte.</param>
internal readonly record struct CaffePlace(string File, int Line, int Column)
{
    /// <summary>An error here.</summary>
    public ModelFileException Error(string problem) => new($"{File}: {this}: {problem}");

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? $"byte {Column}" : $"line {Line}, column {Column}";
}
