namespace Neptune.Formats;

/// <summary>The name and type of a value: a ValueInfoProto.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What is known of its type.</param>
internal sealed record OnnxValueInfo(string Name, OnnxType Type);
