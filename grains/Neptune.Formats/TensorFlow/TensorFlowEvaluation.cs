using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Translates steps one after another, each once what it reads is known.</summary>
/// <param name="model">The model.</param>
/// <param name="inlining">Gives the functions that loops and branches name.</param>
/// <param name="emitter">Adds operations to the graph.</param>
/// <param name="isBatchFreed">True where a first dimension of 1 was made a batch of any size.</param>
internal sealed class TensorFlowEvaluation(
    TensorFlowModel model,
    TensorFlowInlining inlining,
    TensorFlowEmitter emitter,
    bool isBatchFreed
)
{
    private const int PerNode = 1 << 10; // bytes that a loop may compute before the graph runs, for each node of its budget

    private TensorFlowUnrolling? _unrolling;

    private TensorFlowUnrolling Unrolling => _unrolling ??= new(inlining, emitter, this);

    /// <summary>Adds the values of a step to those of the steps before it.</summary>
    /// <exception cref="ModelFileException">The step is not sound.</exception>
    public void Evaluate(TensorFlowStep step, TensorFlowValues values)
    {
        if (values.Has(step))
        {
            return;
        }
        try
        {
            var inputs = step.Inputs.Select(input => values[input]).ToImmutableArray();
            if (values.Former(step, inputs) is { } former)
            {
                values.Add(step, former);
                return;
            }
            var outputs = Outputs(step, inputs, values.Round);
            values.Add(step, inputs, outputs);
            if (values.Round.Length > 0)
            {
                emitter.Budget.Take(
                    outputs.OfType<TensorFlowValue.Constant>().Sum(c => c.Value.Bytes.Length / PerNode)
                );
            }
        }
        catch (TensorFlowRefusedException refusal)
        {
            values.Add(step, [TensorFlowValue.Refused.Of(step.Op, step.Name, refusal.Message)]);
        }
        catch (TensorFlowBudgetException problem) when (values.Round.Length == 0)
        {
            throw new ModelFileException(
                $"{model.File}: node {step.Name} ({step.Op}): {problem.Message}. Where the file leaves the length of "
                    + "sequences open, give a shorter one (--input-shape); else save a model of fewer steps.",
                problem
            );
        }
        catch (Exception error) when (error is GraphException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new ModelFileException($"{model.File}: node {step.Name} ({step.Op}): {error.Message}", error);
        }
    }

    private ImmutableArray<TensorFlowValue> Outputs(
        TensorFlowStep step,
        ImmutableArray<TensorFlowValue> inputs,
        string round
    )
    {
        // What needs nothing is the same in every round.
        var name = inputs.IsEmpty ? step.Name : step.Name + round;
        if (inputs.Any(input => input is TensorFlowValue.Dead) && step.Op != TensorFlowControl.MergeOp)
        {
            return [new TensorFlowValue.Dead()];
        }
        if (TensorFlowUnrolling.Takes(step))
        {
            return Unrolling.Of(step, inputs, name);
        }
        var definition = TensorFlowOperators.Find(step.Op);
        var problem = definition?.Translate is null
            ? new TensorFlowProblem(step.Op, step.Name, definition?.Remarks ?? "the operator is not known")
            : null;
        if (
            step.Op != TensorFlowControl.MergeOp
            && (problem is not null || inputs.Any(input => input is TensorFlowValue.Refused))
        )
        {
            return [new TensorFlowValue.Refused(problem, [.. inputs.OfType<TensorFlowValue.Refused>()])];
        }
        var call = new TensorFlowCall(step, inputs, emitter, model.Variables, isBatchFreed, name);
        return TensorFlowFolding.TryFold(call) is { } folded ? [folded] : definition!.Translate!(call);
    }
}
