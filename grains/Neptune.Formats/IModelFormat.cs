namespace Neptune.Formats;

/// <summary>Reads the files of one format. Files are not trusted.</summary>
public interface IModelFormat
{
    /// <summary>The format's name for people.</summary>
    string Name { get; }

    /// <summary>True where the framework's images lie channels first.</summary>
    bool TakesChannelsFirst => true;

    /// <summary>True where a file is of this format, by its name and first bytes.</summary>
    /// <param name="path">The file, or a folder where a format has one.</param>
    /// <param name="head">Its first bytes, of at most 4,096; none of a folder.</param>
    bool Recognizes(string path, ReadOnlySpan<byte> head);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFileException">The file is damaged, hostile or of no known kind; the message says where.</exception>
    /// <exception cref="UnsupportedOperatorsException">It uses operators that are not known; all are listed.</exception>
    ImportedModel Import(string path, ImportOptions options);
}
