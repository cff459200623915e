namespace Neptune.Torch;

/// <summary>
/// Tells, while the backward pass goes on, which parts of the exchanged vector are final: neighbouring parameters
/// together, in parts worth a message of their own.
/// </summary>
internal sealed class GradientParts(FlatLayout layout)
{
    // 256 KiB: below, the calls and messages cost more than an earlier start saves.
    private const int LeastElements = 64 * 1024;

    private Action<int, int>? _final;
    private Memory<float> _vector;
    private int _low;
    private int _high;

    /// <summary>Begins a pass whose gradients go to <paramref name="vector"/>.</summary>
    public void Start(Memory<float> vector, Action<int, int>? final)
    {
        (_vector, _final) = (vector, final);
        (_low, _high) = (0, 0);
    }

    /// <summary>The gradient of a trainable parameter is final.</summary>
    public void Complete(int parameter)
    {
        var (start, end) = (layout.Slices[parameter].Offset, layout.EndOf(parameter));
        layout.ClearGapBehind(parameter, _vector.Span);
        if (_final is null)
        {
            return;
        }
        if (end == _low)
        {
            _low = start;
        }
        else if (start == _high)
        {
            _high = end;
        }
        else
        {
            Finish();
            (_low, _high) = (start, end);
        }
        if (_high - _low >= LeastElements)
        {
            Finish();
        }
    }

    /// <summary>Tells of what has not been told yet.</summary>
    public void Finish()
    {
        if (_high > _low)
        {
            _final!(_low, _high);
        }
        (_low, _high) = (0, 0);
    }
}
