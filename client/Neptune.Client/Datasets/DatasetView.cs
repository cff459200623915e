using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>A split of a data set's version: what a model trains on or is evaluated on.</summary>
/// <param name="Info">The version.</param>
/// <param name="SplitName">The split.</param>
public sealed record DatasetView(DatasetInfo Info, string SplitName)
{
    /// <summary>How calls name it.</summary>
    public DatasetRef Ref => new(Info.Name, Info.Version, SplitName);

    /// <summary>The number of samples.</summary>
    public long Count => Info.Splits[SplitName];

    /// <summary>Another split of the same version.</summary>
    /// <exception cref="NotFoundException">There is no such split; the message offers the nearest.</exception>
    public DatasetView Split(string name) =>
        Info.Splits.ContainsKey(name)
            ? this with
            {
                SplitName = name,
            }
            : throw new NotFoundException(
                $"Data set {Info.Name} has no split '{name}'. {ModelGraph.NearestNames.Offer(name, Info.Splits.Keys)}"
            );
}
