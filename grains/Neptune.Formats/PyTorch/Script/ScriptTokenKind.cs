namespace Neptune.Formats;

/// <summary>What a word of TorchScript's code is.</summary>
internal enum ScriptTokenKind
{
    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>Punctuation.</summary>
    Sign,

    /// <summary>The end of a statement.</summary>
    Line,

    /// <summary>A block begins.</summary>
    Indent,

    /// <summary>A block ends.</summary>
    Dedent,

    /// <summary>The end of the file.</summary>
    End,
}
