namespace Neptune.Cli;

/// <summary>The command line asks for what cannot be; the message says what to write in its place.</summary>
internal sealed class UsageException(string message) : Exception(message);
