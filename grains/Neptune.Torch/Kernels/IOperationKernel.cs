namespace Neptune.Torch;

/// <summary>How one ONNX operator computes on libtorch. Found by scanning this assembly: a new operator is a new file.</summary>
internal interface IOperationKernel
{
    /// <summary>The operator's name as ONNX spells it.</summary>
    string Type { get; }

    /// <summary>Reads an operation's attributes, once; a run looks nothing up.</summary>
    PreparedOperation Prepare(OperationSite site);
}
