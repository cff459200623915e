using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A field that a Caffe message may have.</summary>
/// <param name="Name">Its name, as texts write it.</param>
/// <param name="Number">Its number, as binary files write it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsRepeated">True where there may be many.</param>
/// <param name="Default">What holds where it is left out: a long, float, bool or string; null for none.</param>
/// <param name="MessageType">The name of the message's type; empty for other kinds.</param>
/// <param name="Choices">The names and numbers of a choice.</param>
internal sealed record CaffeField(
    string Name,
    int Number,
    CaffeFieldKind Kind,
    bool IsRepeated,
    object? Default,
    string MessageType,
    ImmutableArray<(string Name, int Number)> Choices
);
