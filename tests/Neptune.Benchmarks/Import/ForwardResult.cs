namespace Neptune.Benchmarks;

/// <summary>How fast Neptune answers beside two others, from an array of features to an array of outputs.</summary>
/// <param name="Model">Which model.</param>
/// <param name="Rows">Samples of a request.</param>
/// <param name="Microseconds">Neptune's median for a request.</param>
/// <param name="OfJit">Neptune's speed divided by that of torch.jit: the median over blocks.</param>
/// <param name="OfModules">The same by TorchSharp's modules.</param>
/// <param name="LargestDifference">Between Neptune's outputs and torch.jit's.</param>
internal sealed record ForwardResult(
    string Model,
    int Rows,
    double Microseconds,
    double OfJit,
    double OfModules,
    double LargestDifference
);
