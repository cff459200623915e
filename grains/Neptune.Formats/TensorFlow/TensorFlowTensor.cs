using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A tensor in a file, of which the elements stay where they are until they are asked for.</summary>
internal sealed record TensorFlowTensor
{
    /// <summary>The number of the element type.</summary>
    public required int DataType { get; init; }

    /// <summary>Its lengths.</summary>
    public required TensorFlowShape Shape { get; init; }

    /// <summary>The TensorProto; null where the elements were read already.</summary>
    public ProtobufMessage? Message { get; init; }

    /// <summary>The elements, where they were read already.</summary>
    public TensorValue? Value { get; init; }
}
