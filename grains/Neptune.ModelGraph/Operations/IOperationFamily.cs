namespace Neptune.ModelGraph.Operations;

/// <summary>Operators that differ in little but their names, in one file. Found as <see cref="IOperationDefinition"/> is.</summary>
internal interface IOperationFamily
{
    /// <summary>One definition for each operator.</summary>
    IEnumerable<IOperationDefinition> Members { get; }
}
