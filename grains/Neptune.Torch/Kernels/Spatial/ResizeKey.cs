namespace Neptune.Torch;

/// <summary>What the weights along one axis depend on.</summary>
/// <param name="Length">The input's length.</param>
/// <param name="Output">The output's length.</param>
/// <param name="Scale">Output over input, as given; rounding the output's length does not change it.</param>
/// <param name="Begin">Where the region begins, as a share of the input.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct ResizeKey(long Length, long Output, double Scale, double Begin, double End)
{
    public bool KeepsAll => Length == Output && Scale == 1;
}
