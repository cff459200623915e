namespace Neptune.Data;

/// <summary>Where a data set comes from.</summary>
/// <param name="Source">Who made it and where it was published; empty where unknown.</param>
/// <param name="Licence">Under which terms it may be used; empty where unknown.</param>
public sealed record Provenance(string Source, string Licence)
{
    /// <summary>Nothing is known.</summary>
    public static Provenance Unknown { get; } = new("", "");
}
