using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A file of torch.save or torch.jit.save: its pickle as data, and its storages on demand.</summary>
internal abstract class TorchFile
{
    /// <summary>Names the file in errors.</summary>
    public required string Name { get; init; }

    /// <summary>The file's length in bytes: what is read from it is bounded by that.</summary>
    public required long Length { get; init; }

    /// <summary>What form of file it is, for people.</summary>
    public required string Form { get; init; }

    /// <summary>What the pickle holds.</summary>
    public required object? Root { get; init; }

    /// <summary>True for a TorchScript file: the root is a module with code.</summary>
    public virtual bool IsScript => false;

    /// <summary>All bytes of a storage.</summary>
    /// <exception cref="ModelFileException">It is missing or damaged.</exception>
    public abstract ReadOnlyMemory<byte> Storage(PickledStorage storage);

    /// <summary>How many bytes a storage has by its description; the product may be more than a file ever has.</summary>
    public static Int128 SizeBytes(PickledStorage storage) => (Int128)storage.Count * (storage.Type?.SizeBytes() ?? 1);
}
