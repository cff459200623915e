namespace Neptune.Formats;

/// <summary>A BatchNorm that the Scale behind it completes: together they are one batch normalization.</summary>
/// <param name="X">What is normalized.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Variance">The variance.</param>
/// <param name="Attributes">The operation's settings.</param>
internal sealed record CaffeNormalization(
    string X,
    string Mean,
    string Variance,
    (string, ModelGraph.AttributeValue)[] Attributes
);
