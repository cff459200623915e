namespace Neptune.Grains;

/// <summary>
/// Places a grain on the silo that owns the node in its key: the whole key, or what follows the last <c>@</c>.
/// </summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("neptune.node-placement")]
public sealed class NodePlacement : PlacementStrategy
{
    /// <summary>The silo metadata that holds the silo's host, the first part of its nodes' names.</summary>
    public const string HostMetadata = "neptune.host";
}
