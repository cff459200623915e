using System.Collections.Immutable;

namespace Neptune.Torch;

/// <summary>Where things lie in the exchanged vector.</summary>
internal sealed class ExchangeLayout
{
    public const int LossSlot = 0;
    public const int CountSlot = 1;
    public const int RowsSlot = 2;
    public const int CorrectSlot = 3;
    public const int ControlSlot = 4;
    public const int ControlSlots = 76;
    private const int TailLength = 80;

    public ExchangeLayout(FlatLayout trainable, ImmutableArray<int> statisticLengths, int metricLength)
    {
        Trainable = trainable;
        var end = trainable.Length;
        var offsets = ImmutableArray.CreateBuilder<int>(statisticLengths.Length);
        foreach (var length in statisticLengths)
        {
            offsets.Add(end);
            end += (int)FlatLayout.Align(length);
        }
        StatisticOffsets = offsets.MoveToImmutable();
        Tail = end;
        (Metrics, MetricLength) = (end + TailLength, metricLength);
        Length = Metrics + (int)FlatLayout.Align(metricLength);
    }

    public FlatLayout Trainable { get; }

    /// <summary>Of each statistic: a batch-norm's means or variances, times the rows.</summary>
    public ImmutableArray<int> StatisticOffsets { get; }

    /// <summary>Where the tail begins: loss sum, count, rows, correct, control slots.</summary>
    public int Tail { get; }

    /// <summary>Where the sums of <see cref="MetricSet"/> begin, behind the tail.</summary>
    public int Metrics { get; }

    /// <summary>How many of them there are.</summary>
    public int MetricLength { get; }

    public int Length { get; }
}
