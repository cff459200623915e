namespace Neptune.Data;

/// <summary>What all sample sources refuse alike.</summary>
internal static class SampleCheck
{
    public static void Number(long sample, long count)
    {
        if ((ulong)sample >= (ulong)count)
            throw new ArgumentOutOfRangeException(nameof(sample), sample, $"There are {count} samples, from 0.");
    }

    public static void Length(ReadOnlySpan<long> samples, int length, int each, string parameter)
    {
        if (length != (long)samples.Length * each)
        {
            throw new ArgumentException(
                $"{samples.Length} samples of {each} values need a span of {(long)samples.Length * each}, not {length}.",
                parameter
            );
        }
    }

    public static void HasClasses(ISampleSource source)
    {
        if (source.TargetWidth > 0)
        {
            throw new InvalidOperationException(
                $"These samples have targets of {source.TargetWidth} values, not classes: read the targets."
            );
        }
    }

    public static void HasTargets(ISampleSource source)
    {
        if (source.TargetWidth == 0)
        {
            throw new InvalidOperationException(
                $"These samples have {source.Labels.Count} classes, not target values: read the classes."
            );
        }
    }
}
