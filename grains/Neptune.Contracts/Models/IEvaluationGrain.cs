namespace Neptune.Contracts;

/// <summary>Evaluates a package on one node. Its key is <c>name@node</c>; it lives on the silo that owns the node.</summary>
[Alias("neptune.evaluation")]
public interface IEvaluationGrain : IGrainWithStringKey
{
    /// <summary>Runs all samples through the model.</summary>
    [Alias("run"), ResponseTimeout("01:00:00")]
    Task<EvaluationResult> RunAsync(EvaluationRequest request);
}
