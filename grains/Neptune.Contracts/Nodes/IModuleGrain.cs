namespace Neptune.Contracts;

/// <summary>Describes users' modules on one node. Its key is <c>name@node</c>; it lives on the silo that owns the node.</summary>
[Alias("neptune.module")]
public interface IModuleGrain : IGrainWithStringKey
{
    /// <summary>Makes the module and runs it on made-up samples.</summary>
    /// <returns>Its graph as JSON (format of Neptune.ModelGraph).</returns>
    /// <exception cref="InvalidInputException">It cannot be made, run or trained; the message says what it did.</exception>
    /// <exception cref="MissingModuleException">The node does not have it.</exception>
    [Alias("describe"), ResponseTimeout("00:10:00")]
    Task<string> DescribeAsync(ModuleRequest request);
}
