using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>A deployment. Its key is the <see cref="EndpointName"/>.</summary>
[Alias("neptune.endpoint")]
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>Deploys a package. Deploying the same one again changes nothing.</summary>
    /// <param name="package">What shall answer.</param>
    /// <param name="replace">True takes the place of what is deployed now.</param>
    /// <exception cref="ConflictException">The name is taken by another package.</exception>
    [Alias("deploy")]
    Task<EndpointInfo> DeployAsync(PackageRef package, bool replace);

    /// <summary>Ends the deployment.</summary>
    /// <exception cref="NotFoundException">Nothing is deployed by that name; the message offers the nearest.</exception>
    [Alias("undeploy")]
    Task UndeployAsync();

    /// <summary>What is deployed.</summary>
    /// <exception cref="NotFoundException">Nothing is deployed by that name; the message offers the nearest.</exception>
    [Alias("info"), AlwaysInterleave]
    Task<EndpointInfo> GetAsync();

    /// <summary>Answers for each sample.</summary>
    /// <exception cref="NotFoundException">Nothing is deployed by that name; the message offers the nearest.</exception>
    /// <exception cref="InvalidInputException">A sample does not fit the model; the message gives the shapes.</exception>
    [Alias("predict"), AlwaysInterleave]
    Task<ImmutableArray<Prediction>> PredictAsync(PredictionRequest request);
}
