namespace Neptune.Torch;

/// <summary>What an optimizer step did.</summary>
/// <param name="Applied">False where no sample counted: then nothing changed.</param>
/// <param name="LossSum">The loss of the global batch, summed over the counted samples.</param>
/// <param name="Count">The samples that counted.</param>
/// <param name="Correct">How many of them were classified right.</param>
/// <param name="NonFiniteParameter">
/// The first parameter whose reduced gradient is not finite, so that its weights are spoilt; null where all are finite.
/// </param>
public readonly record struct ApplyOutcome(
    bool Applied,
    double LossSum,
    long Count,
    long Correct,
    string? NonFiniteParameter
);
