namespace Neptune.ModelGraph;

/// <summary>A number for people, besides the loss.</summary>
public abstract record Metric
{
    private Metric() { }

    /// <summary>The share of samples whose most probable class is the label, in 0..1.</summary>
    public sealed record Accuracy : Metric;
}
