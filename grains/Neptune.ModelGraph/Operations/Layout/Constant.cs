using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// A value that belongs to the graph and is never trained. (ONNX's attribute <c>value</c> is a tensor; here it is its element
/// type, its lengths, and its elements in C order, little endian, as base64.)
/// </summary>
internal sealed class Constant : IOperationDefinition
{
    public string Type => "Constant";

    public ImmutableArray<string> Inputs => [];

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Text("type"), AttributeDefinition.Ints("shape"), AttributeDefinition.Text("value")];

    public TensorType Infer(OperationScope scope)
    {
        var value = ValueOf(scope);
        return new(value.Type, value.Shape);
    }

    public KnownElements? Know(OperationScope scope)
    {
        var value = ValueOf(scope);
        if (value.Shape.Rank > 1 || value.Shape.ElementCount() > KnownElements.Most)
        {
            return null;
        }
        var isScalar = value.Shape.Rank == 0;
        return value.Type switch
        {
            ElementType.Int64 => KnownElements.Of(MemoryMarshal.Cast<byte, long>(value.Bytes.Span).ToArray(), isScalar),
            ElementType.Int32 => KnownElements.Of(
                MemoryMarshal.Cast<byte, int>(value.Bytes.Span).ToArray().Select(n => (long)n),
                isScalar
            ),
            _ => null,
        };
    }

    private static TensorValue ValueOf(OperationScope scope)
    {
        try
        {
            return ConstantValue.Of(scope.Operation);
        }
        catch (FormatException problem)
        {
            throw scope.Error(problem.Message);
        }
    }
}
