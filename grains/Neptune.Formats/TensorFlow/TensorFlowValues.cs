using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What steps gave: of the graph, or of one round of a loop or one call of a function.</summary>
/// <param name="round">What stands behind the names of its nodes, such as <c>.3</c>; empty for the graph's own.</param>
/// <param name="former">What the round before read and gave: a step that reads the same gives the same.</param>
internal sealed class TensorFlowValues(
    string round,
    Dictionary<TensorFlowStep, (ImmutableArray<TensorFlowValue> Inputs, ImmutableArray<TensorFlowValue> Outputs)> former
)
{
    private readonly Dictionary<TensorFlowStep, ImmutableArray<TensorFlowValue>> _values = [];

    /// <summary>What stands behind the names of its nodes.</summary>
    public string Round => round;

    /// <summary>A value of a source.</summary>
    /// <exception cref="TensorFlowRefusedException">The step belongs to another loop.</exception>
    public TensorFlowValue this[TensorFlowSource source]
    {
        get
        {
            var values = _values.TryGetValue(source.Step, out var known)
                ? known
                : throw new TensorFlowRefusedException($"it reads {source.Step.Name}, which belongs to another loop");
            return values is [TensorFlowValue.Refused or TensorFlowValue.Dead] ? values[0]
                : source.Output < values.Length ? values[source.Output]
                : TensorFlowValue.Refused.Of(
                    source.Step.Op,
                    source.Step.Name,
                    $"its output {source.Output} is not known"
                );
        }
    }

    /// <summary>True where a step's values are there already.</summary>
    public bool Has(TensorFlowStep step) => _values.ContainsKey(step);

    /// <summary>What a step gave in the round before, where it reads the same now; else null.</summary>
    public ImmutableArray<TensorFlowValue>? Former(TensorFlowStep step, ImmutableArray<TensorFlowValue> inputs) =>
        former.TryGetValue(step, out var last) && last.Inputs.SequenceEqual(inputs) ? last.Outputs : null;

    /// <summary>Adds what a step gives.</summary>
    public void Add(TensorFlowStep step, ImmutableArray<TensorFlowValue> outputs) => _values[step] = outputs;

    /// <summary>Adds what a step gives, for this round and the next.</summary>
    public void Add(
        TensorFlowStep step,
        ImmutableArray<TensorFlowValue> inputs,
        ImmutableArray<TensorFlowValue> outputs
    )
    {
        _values[step] = outputs;
        former[step] = (inputs, outputs);
    }
}
