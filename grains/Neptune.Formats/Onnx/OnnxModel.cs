using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What an ONNX file says, before anything is made of it: a ModelProto.</summary>
internal sealed record OnnxModel
{
    /// <summary>The file's name, for errors.</summary>
    public required string File { get; init; }

    /// <summary>The version of the file's own form; 0 where it is not said.</summary>
    public long IrVersion { get; init; }

    /// <summary>The program that wrote it.</summary>
    public string ProducerName { get; init; } = "";

    /// <summary>Its version.</summary>
    public string ProducerVersion { get; init; } = "";

    /// <summary>The model's own namespace.</summary>
    public string Domain { get; init; } = "";

    /// <summary>A text for people.</summary>
    public string DocString { get; init; } = "";

    /// <summary>The version of each set of operators, by domain; the standard's own domain is the empty text.</summary>
    public required ImmutableSortedDictionary<string, long> OpsetImports { get; init; }

    /// <summary>The graph that runs.</summary>
    public required OnnxGraph Graph { get; init; }

    /// <summary>Operators that the model defines by others.</summary>
    public ImmutableArray<OnnxFunction> Functions { get; init; } = [];

    /// <summary>What else the file says, by key.</summary>
    public required ImmutableSortedDictionary<string, string> MetadataProps { get; init; }
}
