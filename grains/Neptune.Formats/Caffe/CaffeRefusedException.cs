namespace Neptune.Formats;

/// <summary>A layer cannot be translated: its type, or a setting of it, is not known. The message is the reason.</summary>
internal sealed class CaffeRefusedException(string reason) : Exception(reason);
