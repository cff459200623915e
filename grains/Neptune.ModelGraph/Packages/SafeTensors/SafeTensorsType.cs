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
            _ => throw new System.Diagnostics.UnreachableException($"No name for {type}."),
        };
}
