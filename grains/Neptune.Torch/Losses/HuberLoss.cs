namespace Neptune.Torch;

/// <summary>
/// Huber, 1964: half the squared error where it is at most delta, delta (|error| - delta / 2) beyond; the mean over a
/// sample's outputs, summed over samples.
/// </summary>
internal sealed class HuberLoss(int width, float delta) : RegressionLoss(width)
{
    protected override double Of(float error) =>
        float.Abs(error) <= delta ? 0.5 * error * error : delta * (float.Abs(error) - (0.5 * delta));

    protected override float Slope(float error) => float.Clamp(error, -delta, delta);
}
