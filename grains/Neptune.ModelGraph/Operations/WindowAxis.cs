namespace Neptune.ModelGraph;

/// <summary>A sliding window along one axis; lengths are in elements.</summary>
/// <param name="InputLength">The input's length.</param>
/// <param name="Kernel">Elements under the window.</param>
/// <param name="Stride">The distance between windows.</param>
/// <param name="Dilation">The distance between elements under the window.</param>
/// <param name="PadBegin">Padding before the input.</param>
/// <param name="PadEnd">Padding behind the input.</param>
/// <param name="OutputLength">The number of windows.</param>
public sealed record WindowAxis(
    long InputLength,
    long Kernel,
    long Stride,
    long Dilation,
    long PadBegin,
    long PadEnd,
    long OutputLength
)
{
    internal static WindowAxis Of(
        long length,
        long kernel,
        long stride,
        long dilation,
        long padBegin,
        long padEnd,
        string autoPad,
        bool ceil
    )
    {
        checked
        {
            var span = ((kernel - 1) * dilation) + 1;
            if (autoPad.StartsWith("SAME", StringComparison.Ordinal))
            {
                // The output has one window per stride begun; an odd element of padding goes where the name says.
                var output = CeilingDivide(length, stride);
                var total = Math.Max(0, ((output - 1) * stride) + span - length);
                padBegin = autoPad == "SAME_LOWER" ? total - (total / 2) : total / 2;
                return new(length, kernel, stride, dilation, padBegin, total - padBegin, output);
            }
            var room = length + padBegin + padEnd - span;
            if (room < 0)
            {
                return new(length, kernel, stride, dilation, padBegin, padEnd, 0);
            }
            var count = (ceil ? CeilingDivide(room, stride) : room / stride) + 1;
            // A window that would start in the padding behind the input is left out, as in ONNX and PyTorch.
            if (ceil && (count - 1) * stride >= length + padBegin)
            {
                count--;
            }
            return new(length, kernel, stride, dilation, padBegin, padEnd, count);
        }
    }

    private static long CeilingDivide(long value, long divisor) => (value / divisor) + (value % divisor > 0 ? 1 : 0);
}
