namespace Neptune.ModelGraph.Operations;

/// <summary>An attribute that an operator knows.</summary>
/// <param name="Name">ONNX's name.</param>
/// <param name="Kind">What its value must be.</param>
internal sealed record AttributeDefinition(string Name, AttributeKind Kind)
{
    public static AttributeDefinition Int(string name) => new(name, AttributeKind.Int);

    public static AttributeDefinition Float(string name) => new(name, AttributeKind.Float);

    public static AttributeDefinition Text(string name) => new(name, AttributeKind.Text);

    public static AttributeDefinition Ints(string name) => new(name, AttributeKind.Ints);

    public static AttributeDefinition Floats(string name) => new(name, AttributeKind.Floats);

    public static AttributeDefinition Texts(string name) => new(name, AttributeKind.Texts);

    /// <summary>True where <paramref name="value"/> is of the kind; a whole number is a real number too.</summary>
    public bool Accepts(AttributeValue value) =>
        (Kind, value) switch
        {
            (AttributeKind.Int, AttributeValue.Int) => true,
            (AttributeKind.Float, AttributeValue.Float or AttributeValue.Int) => true,
            (AttributeKind.Text, AttributeValue.Text) => true,
            (AttributeKind.Ints, AttributeValue.Ints) => true,
            (AttributeKind.Floats, AttributeValue.Floats) => true,
            (AttributeKind.Texts, AttributeValue.Texts) => true,
            _ => false,
        };
}
