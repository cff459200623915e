namespace Neptune.ModelGraph;

/// <summary>The windows of a ConvTranspose along one axis; lengths are in elements.</summary>
/// <param name="InputLength">The input's length: the number of windows.</param>
/// <param name="Kernel">Elements under a window.</param>
/// <param name="Stride">The distance between windows in the output.</param>
/// <param name="Dilation">The distance between elements under a window.</param>
/// <param name="CropBegin">Elements cut off before the output.</param>
/// <param name="OutputLength">The output's length; what no window reaches is zero.</param>
public sealed record TransposedAxis(
    long InputLength,
    long Kernel,
    long Stride,
    long Dilation,
    long CropBegin,
    long OutputLength
)
{
    /// <summary>From the first window's begin to the last one's end.</summary>
    public long FullLength => ((InputLength - 1) * Stride) + ((Kernel - 1) * Dilation) + 1;
}
