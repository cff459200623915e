namespace Neptune.Formats;

/// <summary>The kinds of values that ONNX knows.</summary>
internal enum OnnxValueKind
{
    /// <summary>Not said.</summary>
    Unknown,

    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>A list of values of one type.</summary>
    Sequence,

    /// <summary>Values by keys.</summary>
    Map,

    /// <summary>A value or none.</summary>
    Optional,

    /// <summary>A tensor of which only some elements are kept.</summary>
    SparseTensor,

    /// <summary>Something that only some programs know.</summary>
    Opaque,
}
