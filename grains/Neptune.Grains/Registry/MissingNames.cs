using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Grains;

/// <summary>Makes the error of a name that nothing bears, which offers the nearest.</summary>
internal static class MissingNames
{
    public static async Task<NotFoundException> ErrorAsync(
        IGrainFactory grains,
        string kind,
        string word,
        string name,
        params IEnumerable<string> builtIn
    )
    {
        var names = await grains.GetGrain<INameIndexGrain>(kind).ListAsync();
        return new($"There is no {word} '{name}'. {NearestNames.Offer(name, names.Concat(builtIn))}");
    }
}
