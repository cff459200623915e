namespace Neptune.Formats;

/// <summary>What a setting of a node holds; the numbers are those of AttributeProto.AttributeType.</summary>
internal enum OnnxAttributeKind
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>A real number.</summary>
    Float = 1,

    /// <summary>A whole number.</summary>
    Int = 2,

    /// <summary>A text.</summary>
    Text = 3,

    /// <summary>A tensor.</summary>
    Tensor = 4,

    /// <summary>A graph.</summary>
    Graph = 5,

    /// <summary>Real numbers.</summary>
    Floats = 6,

    /// <summary>Whole numbers.</summary>
    Ints = 7,

    /// <summary>Texts.</summary>
    Texts = 8,

    /// <summary>Tensors.</summary>
    Tensors = 9,

    /// <summary>Graphs.</summary>
    Graphs = 10,

    /// <summary>A sparse tensor, which is not read.</summary>
    SparseTensor = 11,

    /// <summary>Sparse tensors, which are not read.</summary>
    SparseTensors = 12,

    /// <summary>A type.</summary>
    Type = 13,

    /// <summary>Types, which are not read.</summary>
    Types = 14,
}
