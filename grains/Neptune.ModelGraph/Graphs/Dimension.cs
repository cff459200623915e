namespace Neptune.ModelGraph;

/// <summary>One dimension of a <see cref="Shape"/>: a fixed length, or a symbol such as <c>N</c> for the batch.</summary>
public readonly record struct Dimension
{
    private readonly long _length;

    private Dimension(long length, string? symbol)
    {
        _length = length;
        Symbol = symbol;
    }

    /// <summary>The symbol every graph of Neptune gives the batch dimension.</summary>
    public static Dimension Batch { get; } = Symbolic("N");

    /// <summary>A length of which nothing is known before the graph runs; two of them need not be equal.</summary>
    public static Dimension Unknown { get; } = Symbolic("?");

    /// <summary>The symbol, or null where the length is fixed.</summary>
    public string? Symbol { get; }

    /// <summary>True where the length is known.</summary>
    public bool IsFixed => Symbol is null;

    /// <summary>True for <see cref="Unknown"/>.</summary>
    public bool IsUnknown => Symbol == "?";

    /// <summary>The length in elements.</summary>
    /// <exception cref="InvalidOperationException">The dimension is symbolic.</exception>
    public long Length =>
        IsFixed ? _length : throw new InvalidOperationException($"Dimension {Symbol} has no fixed length.");

    /// <summary>False where both are known to differ.</summary>
    public bool MayEqual(Dimension other) => this == other || IsUnknown || other.IsUnknown;

    /// <summary>A dimension of known length.</summary>
    public static Dimension Fixed(long length) =>
        length >= 0
            ? new(length, null)
            : throw new ArgumentOutOfRangeException(nameof(length), length, "A length is not negative.");

    /// <summary>A dimension known only when the graph runs.</summary>
    public static Dimension Symbolic(string symbol)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(symbol);
        return new(0, symbol);
    }

    /// <summary>A known length reads as a fixed dimension.</summary>
    public static implicit operator Dimension(long length) => Fixed(length);

    /// <summary>The number, or the symbol.</summary>
    public override string ToString() => Symbol ?? _length.ToString();
}
