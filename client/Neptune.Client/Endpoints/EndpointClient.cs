using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Deployments.</summary>
public sealed class EndpointClient
{
    private readonly IGrainFactory _grains;

    internal EndpointClient(IGrainFactory grains) => _grains = grains;

    /// <summary>All deployments by name.</summary>
    public async Task<IReadOnlyList<EndpointInfo>> ListAsync()
    {
        var names = await _grains.GetGrain<INameIndexGrain>(INameIndexGrain.Endpoints).ListAsync();
        return await Task.WhenAll(names.Select(name => Grain(name).GetAsync()));
    }

    /// <summary>What is deployed by that name.</summary>
    /// <exception cref="NotFoundException">Nothing is; the message offers the nearest.</exception>
    public Task<EndpointInfo> GetAsync(string name) => Grain(name).GetAsync();

    /// <summary>Deploys a package.</summary>
    /// <exception cref="ConflictException">The name is taken by another package, and not to be replaced.</exception>
    public Task<EndpointInfo> DeployAsync(PackageRef package, string name, bool replace = false) =>
        Grain(name).DeployAsync(package, replace);

    /// <summary>Ends a deployment.</summary>
    /// <exception cref="NotFoundException">Nothing is deployed by that name; the message offers the nearest.</exception>
    public Task UndeployAsync(string name) => Grain(name).UndeployAsync();

    /// <summary>Answers for samples of raw features.</summary>
    public async Task<IReadOnlyList<Prediction>> PredictAsync(string name, IReadOnlyList<float[]> samples)
    {
        var longer = samples.FirstOrDefault(s => s.Length != samples[0].Length);
        if (longer is not null)
        {
            throw new InvalidInputException(
                $"The samples have {samples[0].Length} and {longer.Length} values: give all the same number."
            );
        }
        return await Grain(name)
            .PredictAsync(new() { Rows = samples.Count, Features = samples.SelectMany(s => s).ToArray() });
    }

    /// <summary>Answers for image files (PNG, JPEG, BMP, WebP).</summary>
    /// <exception cref="InvalidInputException">A file is no image; the message names it.</exception>
    public async Task<IReadOnlyList<Prediction>> PredictImagesAsync(
        string name,
        IReadOnlyList<string> files,
        CancellationToken cancellation = default
    )
    {
        var images = new List<EncodedImage>(files.Count);
        foreach (var file in files)
        {
            images.Add(new(file, await LocalFiles.ReadAsync(file, cancellation)));
        }
        return await Grain(name).PredictAsync(new() { Images = [.. images] });
    }

    private IEndpointGrain Grain(string name) => _grains.GetGrain<IEndpointGrain>(new EndpointName(name).Value);
}
