namespace Neptune.Formats;

/// <summary>A node cannot be translated: its operator, or the way it is used, is not known. The message is the reason.</summary>
internal sealed class TensorFlowRefusedException(string reason) : Exception(reason);
