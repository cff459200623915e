using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>The names that safetensors gives to element types.</summary>
internal static class SafeTensorsType
{
    public static ImmutableDictionary<string, ElementType> ByName { get; } =
        Enum.GetValues<ElementType>().ToImmutableDictionary(Name, StringComparer.Ordinal);

    public static string Name(ElementType type) =>
        type switch
        {
            ElementType.Float32 => "F32",
            ElementType.Float16 => "F16",
            ElementType.Float64 => "F64",
            ElementType.Int32 => "I32",
            ElementType.Int64 => "I64",
            ElementType.UInt8 => "U8",
            ElementType.Boolean => "BOOL",
            ElementType.BFloat16 => "BF16",
            ElementType.Int8 => "I8",
            ElementType.Int16 => "I16",
            ElementType.UInt16 => "U16",
            ElementType.UInt32 => "U32",
            ElementType.UInt64 => "U64",
            _ => throw new System.Diagnostics.UnreachableException($"No name for {type}."),
        };
}
