namespace Neptune.Torch;

/// <summary>What the values are that a loss reads.</summary>
internal enum OutputKind
{
    /// <summary>Answers as they are.</summary>
    Values,

    /// <summary>Scores of classes, whose softmax is their probabilities.</summary>
    LogitsOfSoftmax,

    /// <summary>Scores of which each one's sigmoid is a probability.</summary>
    LogitsOfSigmoid,
}
