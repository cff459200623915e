namespace Neptune.ModelGraph;

/// <summary>The file of another framework that a package was made of.</summary>
public sealed record ModelOrigin
{
    /// <summary>What the file is, such as <c>ONNX opset 13 (pytorch 1.13.1)</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The file's name, without its folder.</summary>
    public required string File { get; init; }

    /// <summary>The file's SHA-256, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its licence, as whoever imported it said; empty where nothing was said.</summary>
    public string License { get; init; } = "";
}
