namespace Neptune.Formats;

/// <summary>How a layer's blob is trained, and what it is called where layers share it: a ParamSpec.</summary>
/// <param name="Name">The name under which layers share it; empty for none.</param>
/// <param name="Rate">Times the learning rate; null where it is left out.</param>
/// <param name="Decay">Times the weight decay; null where it is left out.</param>
/// <param name="IsPermissive">True where layers that share it may give it other lengths.</param>
internal sealed record CaffeParam(string Name = "", float? Rate = null, float? Decay = null, bool IsPermissive = false);
