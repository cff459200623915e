namespace Neptune.Formats.Tests;

/// <summary>What came of a test of the standard.</summary>
/// <param name="Name">The test's name.</param>
/// <param name="Operators">The operators of its model, joined by +.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why, where it did not pass.</param>
internal sealed record BackendResult(string Name, string Operators, BackendOutcome Outcome, string Reason = "");
