namespace Neptune.Formats;

/// <summary>A name in TorchScript's code that is no variable: of an operator such as <c>torch.relu</c>, or of a function.</summary>
/// <param name="FullName">The name with its modules.</param>
internal sealed record ScriptName(string FullName);
