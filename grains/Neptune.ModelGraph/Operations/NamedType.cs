namespace Neptune.ModelGraph.Operations;

/// <summary>Attributes that name an element type. (ONNX's are numbers; here they are the names.)</summary>
internal static class NamedType
{
    /// <summary>The element type that an attribute names; the default where it is left out.</summary>
    public static ElementType Of(OperationScope scope, string attribute, ElementType otherwise)
    {
        var name = scope.Operation.Text(attribute, otherwise.ToString());
        return Enum.TryParse<ElementType>(name, out var type) && Enum.IsDefined(type)
            ? type
            : throw scope.Error($"{attribute} is {name}. {NearestNames.Offer(name, Enum.GetNames<ElementType>())}");
    }
}
