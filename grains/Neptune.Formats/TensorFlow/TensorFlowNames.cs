namespace Neptune.Formats;

/// <summary>Names of weights as the user knows them.</summary>
internal static class TensorFlowNames
{
    private const string Read = "ReadVariableOp";

    // What freezing leaves in a weight's name is the operator that read it.
    private static readonly string[] Operators =
    [
        "BiasAdd",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3",
        "MatMul",
        "Tensordot",
        "batchnorm",
        "conv2d_transpose",
        "depthwise",
        "separable_conv2d",
    ];

    /// <summary>The name of a weight: its variable's, or its layer's and what it is there.</summary>
    /// <param name="node">The name of the node that holds it.</param>
    /// <param name="role">What it is, such as <c>kernel</c>.</param>
    public static string OfWeight(string node, string role)
    {
        var parts = node.Split('/').ToList();
        var read = parts.FindIndex(part => part.StartsWith(Read, StringComparison.Ordinal));
        if (read < 0)
        {
            return node;
        }
        parts.RemoveRange(read, parts.Count - read);
        if (parts.Count > 0 && Operators.Contains(parts[^1]))
        {
            parts.RemoveAt(parts.Count - 1);
        }
        parts.Add(role);
        return string.Join('/', parts);
    }
}
