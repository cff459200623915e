namespace Neptune.ModelGraph;

/// <summary>What a package file holds.</summary>
public enum PackageKind
{
    /// <summary>A <see cref="TrainingPackage"/>: training can go on, and it can answer.</summary>
    Training,

    /// <summary>An <see cref="InferencePackage"/>: it can answer.</summary>
    Inference,
}
