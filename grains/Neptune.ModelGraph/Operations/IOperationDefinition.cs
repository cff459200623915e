using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// What one ONNX operator takes and gives. A class that implements this in this assembly is found by
/// <see cref="OperationRegistry"/>: a new operator is one new file.
/// </summary>
internal interface IOperationDefinition
{
    /// <summary>The operator's name as ONNX spells it.</summary>
    string Type { get; }

    /// <summary>True for an operator of ONNX's: others are never read from its files, nor written to them.</summary>
    bool IsOnnx => true;

    /// <summary>The names of the inputs, in order, as ONNX's page on the operator has them.</summary>
    ImmutableArray<string> Inputs { get; }

    /// <summary>How many of <see cref="Inputs"/> must be given; the rest may be left out.</summary>
    int RequiredInputs => Inputs.Length;

    /// <summary>True where the last input may be given any number of times.</summary>
    bool IsVariadic => false;

    /// <summary>The most outputs; those behind the first may be left out, by an empty name too.</summary>
    int MostOutputs => 1;

    /// <summary>The attributes that are known.</summary>
    ImmutableArray<AttributeDefinition> Attributes { get; }

    /// <summary>True for what acts in training alone: at inference it is the identity of its first input.</summary>
    bool TrainingOnly => false;

    /// <summary>True for what answers and cannot be trained. No standard of ONNX has it.</summary>
    bool InferenceOnly => false;

    /// <summary>The type and shape of the first output. All given inputs have a known number of dimensions.</summary>
    /// <exception cref="GraphException">The inputs or attributes do not fit.</exception>
    TensorType Infer(OperationScope scope);

    /// <summary>The types and shapes of as many outputs as the operation has.</summary>
    /// <exception cref="GraphException">The inputs or attributes do not fit.</exception>
    ImmutableArray<TensorType> InferAll(OperationScope scope) => [Infer(scope)];

    /// <summary>The element types of the outputs, where the shape of an input is not known.</summary>
    ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [.. Enumerable.Repeat(scope[0].Type, scope.Operation.Outputs.Length)];

    /// <summary>
    /// The elements of the first output, where they are few whole numbers known before the graph runs; else null. They are what
    /// shapes are computed of.
    /// </summary>
    KnownElements? Know(OperationScope scope) => null;
}
