namespace Neptune.Formats;

/// <summary>A method of a module, ready to be called.</summary>
/// <param name="Target">The module.</param>
/// <param name="Function">Its code.</param>
internal sealed record ScriptMethod(ScriptModule Target, ScriptFunction Function);
