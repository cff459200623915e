namespace Neptune.Torch.Tests;

internal static class Close
{
    /// <summary>Equal within a tolerance, relative for values above 1.</summary>
    public static void To(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= allowed,
                $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R} within {allowed}"
            );
        }
    }
}
