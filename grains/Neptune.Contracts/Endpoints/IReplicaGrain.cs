using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>
/// A loaded inference package on one node. Its key is <c>endpoint/replica@node</c>; it lives on the silo that owns the node.
/// </summary>
[Alias("neptune.replica")]
public interface IReplicaGrain : IGrainWithStringKey
{
    /// <summary>Loads the package, verifying it; repeating the call with the same one changes nothing.</summary>
    [Alias("load"), ResponseTimeout("00:05:00")]
    Task LoadAsync(string artifact);

    /// <summary>Answers for each sample, loading the package first where that is needed.</summary>
    [Alias("predict")]
    Task<ImmutableArray<Prediction>> PredictAsync(string artifact, PredictionRequest request);

    /// <summary>Frees the model.</summary>
    [Alias("unload")]
    Task UnloadAsync();
}
