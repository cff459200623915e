namespace Neptune.Formats;

/// <summary>What is made of the layers of one type.</summary>
/// <param name="Type">The type's name in Caffe.</param>
/// <param name="Trained">The blobs that training changes, for the documentation; empty for none.</param>
/// <param name="Settings">What is honoured, or why layers of this type are refused, for the documentation.</param>
internal sealed record CaffeLayerDefinition(string Type, string Trained, string Settings)
{
    /// <summary>Translates a layer; null where the type is refused.</summary>
    public Action<CaffeScope>? Import { get; init; }

    /// <summary>The message that holds the type's settings; empty where it has none.</summary>
    public string Message { get; init; } = "";

    /// <summary>Settings that do not change what is computed.</summary>
    public string[] Ignored { get; init; } = ["engine"];

    /// <summary>How many blobs it reads: at least and at most.</summary>
    public (int Least, int Most) Bottoms { get; init; } = (1, 1);

    /// <summary>How many blobs it makes at most.</summary>
    public int MostTops { get; init; } = 1;

    /// <summary>True for layers whose tops are given from outside.</summary>
    public bool IsData { get; init; }

    /// <summary>True for layers whose first top is what training makes small.</summary>
    public bool IsLoss { get; init; }

    /// <summary>True for layers that say something of their bottoms and give nothing on.</summary>
    public bool IsSink { get; init; }
}
