namespace Neptune.Formats.Tests;

/// <summary>Tests that run all models of the standard: one after the other, as each takes a whole processor.</summary>
[CollectionDefinition(nameof(StandardsTests))]
public sealed class StandardsTests;
