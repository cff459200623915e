namespace Neptune.ModelGraph;

/// <summary>
/// How a parameter's first values are drawn. The values depend on the seed and the parameter's name alone,
/// not on the order in which parameters are made, the machine, or the number of nodes.
/// </summary>
public abstract record Initializer
{
    private Initializer() { }

    /// <summary>Every element is <paramref name="Value"/>.</summary>
    public sealed record Constant(float Value) : Initializer;

    /// <summary>Uniform in [-limit, limit), limit = sqrt(6 / (fanIn + fanOut)): Glorot and Bengio, 2010.</summary>
    public sealed record GlorotUniform(long FanIn, long FanOut) : Initializer;

    /// <summary>Uniform in [-limit, limit), limit = sqrt(6 / fanIn): He et al., 2015.</summary>
    public sealed record HeUniform(long FanIn) : Initializer;

    /// <summary>Normal with mean 0 and deviation sqrt(2 / fanIn): He et al., 2015.</summary>
    public sealed record HeNormal(long FanIn) : Initializer;

    /// <summary>Uniform in [<paramref name="Low"/>, <paramref name="High"/>).</summary>
    public sealed record Uniform(float Low, float High) : Initializer;

    /// <summary>Normal.</summary>
    public sealed record Normal(float Mean, float Deviation) : Initializer;

    /// <summary>
    /// As the constructor of the user's module draws it that the parameter belongs to; it draws from the seed alone where the
    /// module runs.
    /// </summary>
    public sealed record OfModule : Initializer;

    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = new Constant(0);

    /// <summary>All ones.</summary>
    public static Initializer Ones { get; } = new Constant(1);
}
