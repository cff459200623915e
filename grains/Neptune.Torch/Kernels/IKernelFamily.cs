namespace Neptune.Torch;

/// <summary>Kernels that differ in little but one function, in one file. Found as <see cref="IOperationKernel"/> is.</summary>
internal interface IKernelFamily
{
    /// <summary>One kernel for each operator.</summary>
    IEnumerable<IOperationKernel> Members { get; }
}
