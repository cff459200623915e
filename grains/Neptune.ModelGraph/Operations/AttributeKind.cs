namespace Neptune.ModelGraph.Operations;

/// <summary>The kinds of attribute values that operators ask for.</summary>
internal enum AttributeKind
{
    Int,
    Float,
    Text,
    Ints,
    Floats,
    Texts,
}
