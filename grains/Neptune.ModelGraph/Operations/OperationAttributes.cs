namespace Neptune.ModelGraph;

/// <summary>Facts about operators' attributes.</summary>
public static class OperationAttributes
{
    /// <summary>True for an attribute that is a real number, also where a graph gives a whole one.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="name">The attribute.</param>
    public static bool IsReal(string type, string name) =>
        OperationRegistry.Find(type) is { } definition
        && definition.Attributes.Any(attribute =>
            attribute.Name == name && attribute.Kind == Operations.AttributeKind.Float
        );
}
