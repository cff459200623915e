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

    /// <summary>The names of the inputs, in order, as ONNX's page on the operator has them.</summary>
    ImmutableArray<string> Inputs { get; }

    /// <summary>How many of <see cref="Inputs"/> must be given; the rest may be left out.</summary>
    int RequiredInputs => Inputs.Length;

    /// <summary>The attributes that are known.</summary>
    ImmutableArray<AttributeDefinition> Attributes { get; }

    /// <summary>True for what acts in training alone: at inference it is the identity of its first input.</summary>
    bool TrainingOnly => false;

    /// <summary>The type and shape of the one output.</summary>
    /// <exception cref="GraphException">The inputs or attributes do not fit.</exception>
    TensorType Infer(OperationScope scope);
}
