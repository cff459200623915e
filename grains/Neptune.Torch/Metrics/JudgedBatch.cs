namespace Neptune.Torch;

// N samples, K outputs of one sample

/// <summary>What metrics are measured of: a batch's answers beside what was wanted.</summary>
internal readonly ref struct JudgedBatch
{
    /// <summary>Outputs of one sample, K.</summary>
    public required int Width { get; init; }

    /// <summary>What the loss read: scores where the graph's last softmax or sigmoid is fused with it.</summary>
    public required ReadOnlySpan<float> Scores_NK { get; init; }

    /// <summary>The answers: probabilities, or values.</summary>
    public required ReadOnlySpan<float> Answers_NK { get; init; }

    /// <summary>The wanted answers; empty where samples have class numbers.</summary>
    public required ReadOnlySpan<float> Targets_NK { get; init; }

    /// <summary>The samples' class numbers; empty where there are targets.</summary>
    public required ReadOnlySpan<long> Classes_N { get; init; }
}
