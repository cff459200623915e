namespace Neptune.Torch;

/// <summary>The mean over a sample's outputs of the absolute error, summed over samples.</summary>
internal sealed class MeanAbsoluteError(int width) : RegressionLoss(width)
{
    protected override double Of(float error) => float.Abs(error);

    protected override float Slope(float error) =>
        error > 0 ? 1
        : error < 0 ? -1
        : error; // zero, or no number
}
