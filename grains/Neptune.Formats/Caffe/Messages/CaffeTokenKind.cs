namespace Neptune.Formats;

/// <summary>What a word of a text is.</summary>
internal enum CaffeTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name: letters, digits and underscores, a letter first.</summary>
    Name,

    /// <summary>A number, with its sign.</summary>
    Number,

    /// <summary>A text in quotes, of which the escapes are undone.</summary>
    Text,

    /// <summary>One character of another kind.</summary>
    Mark,
}
