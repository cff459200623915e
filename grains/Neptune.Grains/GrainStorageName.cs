namespace Neptune.Grains;

/// <summary>The name of the storage that the host must give to the grains.</summary>
public static class GrainStorageName
{
    /// <summary>Where all grains keep their state.</summary>
    public const string Neptune = "Default";
}
