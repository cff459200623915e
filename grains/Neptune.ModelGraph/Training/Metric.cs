using System.Globalization;

namespace Neptune.ModelGraph;

/// <summary>
/// A number for people, besides the loss: measured while training, on the validation samples, and in evaluations.
/// Definitions and defaults are Keras's. An output with a softmax or sigmoid counts as probabilities; a target above one half
/// is a yes.
/// </summary>
public abstract record Metric
{
    private const float Half = 0.5f;

    private Metric() { }

    /// <summary>The name with settings, by which it is written and shown: <c>top_k_accuracy:5</c>.</summary>
    public abstract string Name { get; }

    /// <summary>True where it can be measured of a model that is trained with that loss.</summary>
    public abstract bool Fits(Loss loss);

    /// <summary>The share of samples whose most probable class is the label, in 0..1.</summary>
    public sealed record Accuracy : Metric
    {
        /// <inheritdoc/>
        public override string Name => "accuracy";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => !loss.IsOfNumbers();
    }

    /// <summary>The share of samples with fewer than k classes more probable than the label, in 0..1.</summary>
    /// <param name="K">At least 1.</param>
    public sealed record TopKAccuracy(int K = 5) : Metric
    {
        /// <inheritdoc/>
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"top_k_accuracy:{K}");

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => loss.IsOfClasses();
    }

    /// <summary>The share of outputs on their target's side of the threshold, in 0..1.</summary>
    /// <param name="Threshold">A probability above it is a yes; in 0..1.</param>
    public sealed record BinaryAccuracy(float Threshold = Half) : Metric
    {
        /// <inheritdoc/>
        public override string Name => WithThreshold("binary_accuracy", Threshold);

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasYesAndNo(loss);
    }

    /// <summary>Of all outputs above the threshold, the share whose target is a yes; 0 where there are none.</summary>
    /// <param name="Threshold">A probability above it is a yes; in 0..1.</param>
    public sealed record Precision(float Threshold = Half) : Metric
    {
        /// <inheritdoc/>
        public override string Name => WithThreshold("precision", Threshold);

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasYesAndNo(loss);
    }

    /// <summary>Of all outputs whose target is a yes, the share above the threshold; 0 where there are none.</summary>
    /// <param name="Threshold">A probability above it is a yes; in 0..1.</param>
    public sealed record Recall(float Threshold = Half) : Metric
    {
        /// <inheritdoc/>
        public override string Name => WithThreshold("recall", Threshold);

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasYesAndNo(loss);
    }

    /// <summary>
    /// The area under the curve of the true positives' rate over the false positives', by the trapezoids between 200 even
    /// thresholds; in 0..1, and 0 where one of the rates is unknown.
    /// </summary>
    public sealed record Auc : Metric
    {
        /// <inheritdoc/>
        public override string Name => "auc";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasYesAndNo(loss);
    }

    /// <summary>The mean over outputs of the absolute error.</summary>
    public sealed record MeanAbsoluteError : Metric
    {
        /// <inheritdoc/>
        public override string Name => "mean_absolute_error";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasTargets(loss);
    }

    /// <summary>The mean over outputs of the squared error.</summary>
    public sealed record MeanSquaredError : Metric
    {
        /// <inheritdoc/>
        public override string Name => "mean_squared_error";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasTargets(loss);
    }

    /// <summary>The root of the mean over outputs of the squared error.</summary>
    public sealed record RootMeanSquaredError : Metric
    {
        /// <inheritdoc/>
        public override string Name => "root_mean_squared_error";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasTargets(loss);
    }

    /// <summary>
    /// The mean over outputs of the absolute error in percent of the target's size, which counts as 1e-7 where it is less.
    /// </summary>
    public sealed record MeanAbsolutePercentageError : Metric
    {
        /// <inheritdoc/>
        public override string Name => "mean_absolute_percentage_error";

        /// <inheritdoc/>
        public override bool Fits(Loss loss) => HasTargets(loss);
    }

    private static string WithThreshold(string name, float threshold) =>
        threshold == Half ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{threshold:R}");

    // A class number is no target of one output for each class.
    private static bool HasTargets(Loss loss) => loss is not Loss.SparseCategoricalCrossentropy;

    private static bool HasYesAndNo(Loss loss) => loss is Loss.BinaryCrossentropy or Loss.CategoricalCrossentropy;
}
