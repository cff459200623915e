namespace Neptune.Formats.Tests;

/// <summary>How a test of the standard ends.</summary>
internal enum BackendOutcome
{
    /// <summary>The outputs are those that the standard gives.</summary>
    Passed,

    /// <summary>The model is imported, and fails or gives other outputs.</summary>
    Failed,

    /// <summary>The model is refused with a reason.</summary>
    Unsupported,
}
