namespace Neptune.Torch;

/// <summary>The mean over a sample's outputs of the squared error, summed over samples.</summary>
internal sealed class MeanSquaredError(int width) : RegressionLoss(width)
{
    protected override double Of(float error) => (double)error * error;

    protected override float Slope(float error) => 2 * error;
}
