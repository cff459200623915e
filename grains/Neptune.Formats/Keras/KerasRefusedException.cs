namespace Neptune.Formats;

/// <summary>A layer, or a setting of one, that is not known: the translation collects them.</summary>
internal sealed class KerasRefusedException(string reason) : Exception(reason);
