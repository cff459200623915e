namespace Neptune.Grains;

/// <summary>The kinds of names that <see cref="Contracts.INameIndexGrain"/> remembers.</summary>
internal static class NameKinds
{
    public const string Datasets = "datasets";
    public const string Models = "models";
    public const string Endpoints = "endpoints";
}
