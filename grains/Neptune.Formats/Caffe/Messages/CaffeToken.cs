namespace Neptune.Formats;

/// <summary>A word of a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word; of a text what stands in the quotes.</param>
/// <param name="Place">Where it begins.</param>
internal readonly record struct CaffeToken(CaffeTokenKind Kind, string Text, CaffePlace Place)
{
    /// <summary>For errors: the word as it stands.</summary>
    public override string ToString() =>
        Kind switch
        {
            CaffeTokenKind.End => "the end of the file",
            CaffeTokenKind.Text => "a text in quotes",
            _ => Text.Length <= 40 ? $"\"{Text}\"" : $"\"{Text[..40]}...\"",
        };

    /// <summary>True for this mark.</summary>
    public bool Is(char mark) => Kind == CaffeTokenKind.Mark && Text[0] == mark;
}
