using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// A user's module, registered on silos by name and version. Inputs: the samples, then the module's parameters and buffers.
/// Only the module knows what it computes; the graph holds the shape that it gave when it was described.
/// </summary>
internal sealed class UserModule : IOperationDefinition
{
    public string Type => ModuleOperation.Type;

    public bool IsOnnx => false;

    public ImmutableArray<string> Inputs => ["input", "tensors"];

    public int RequiredInputs => 1;

    public bool IsVariadic => true;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Text("module"),
            AttributeDefinition.Text("version"),
            AttributeDefinition.Text("sha256"),
            AttributeDefinition.Texts("settings"),
            AttributeDefinition.Ints("shape"),
            AttributeDefinition.Texts("tensors"),
            AttributeDefinition.Texts("statistics"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var module = ModuleOperation.Of(scope.Operation);
        if (module.Tensors.Length != scope.Count - 1)
        {
            throw scope.Error(
                $"it names {module.Tensors.Length} tensors of module {module.Module}, and has {scope.Count - 1} inputs behind "
                    + "the samples. Give one for each."
            );
        }
        if (module.Tensors.Distinct(StringComparer.Ordinal).Count() != module.Tensors.Length)
        {
            throw scope.Error("it names a tensor of its module twice.");
        }
        if (module.Statistics.FirstOrDefault(name => !module.Tensors.Contains(name)) is { } unknown)
        {
            throw scope.Error($"{unknown} is to run along, and is none of its tensors.");
        }
        if (module.Output.FirstOrDefault(length => length < 1, 1) is var wrong and < 1)
        {
            throw scope.Error($"the output's shape has a length of {wrong}. All are at least 1.");
        }
        if (scope.Shape(0).Rank == 0)
        {
            throw scope.Error("the input has no batch dimension.");
        }
        return new(ElementType.Float32, Shape.Of([.. module.Output]).Prepend(scope.Shape(0)[0]));
    }

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) => [ElementType.Float32];
}
