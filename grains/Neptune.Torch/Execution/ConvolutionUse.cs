namespace Neptune.Torch;

/// <summary>What an operation asks of libtorch's convolutions on the CPU.</summary>
internal enum ConvolutionUse
{
    /// <summary>Nothing: it does not run on the CPU.</summary>
    None,

    /// <summary>Those of oneDNN, where they can be relied on.</summary>
    Native,

    /// <summary>Matrix products, for any convolution that users' code may think of.</summary>
    Plain,
}
