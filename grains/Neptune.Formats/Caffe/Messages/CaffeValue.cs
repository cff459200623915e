namespace Neptune.Formats;

/// <summary>What a field of a Caffe message holds, and where it stands.</summary>
/// <param name="Value">
/// A string (also of a choice), long, float, bool, <see cref="CaffeMessage"/>, or of binary weights a
/// <see cref="ProtobufMessage"/>.
/// </param>
/// <param name="Place">Where it stands.</param>
internal readonly record struct CaffeValue(object Value, CaffePlace Place);
