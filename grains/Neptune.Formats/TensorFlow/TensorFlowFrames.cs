using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Finds the loops of the first TensorFlow, which are circles of nodes (Enter, Merge, Switch, NextIteration, Exit), and puts one
/// step in the place of each. How they work is said in
/// http://download.tensorflow.org/paper/white_paper_tf_control_flow_implementation_2017_11_1.pdf.
/// </summary>
internal static class TensorFlowFrames
{
    /// <summary>The operator that says whether a loop goes on; the step of a whole loop has it too.</summary>
    public const string LoopOp = "LoopCond";

    private sealed record Variable(TensorFlowStep Merge, TensorFlowStep Enter, TensorFlowStep Next);

    private sealed record Frame(
        TensorFlowStep Loop,
        TensorFlowStep Goes,
        Variable[] Variables,
        TensorFlowStep[] Constants,
        ImmutableArray<TensorFlowStep> Arguments
    );

    /// <summary>Changes the steps that outputs need.</summary>
    /// <exception cref="ModelFileException">A loop has no end.</exception>
    public static void Apply(List<TensorFlowSource> outputs, string file)
    {
        var steps = Reached(outputs);
        if (!steps.Any(step => step.Op == "NextIteration"))
        {
            return;
        }
        var frames = Frames(steps).ToArray();
        var replaced = new Dictionary<TensorFlowSource, TensorFlowSource>();
        foreach (var frame in frames)
        {
            Replace(frame, steps, replaced);
        }
        foreach (var inputs in steps.Select(step => step.Inputs).Append(outputs))
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                inputs[i] = replaced.GetValueOrDefault(inputs[i], inputs[i]);
            }
        }
        foreach (var frame in frames)
        {
            frame.Loop.Inputs.AddRange(
                frame.Variables.Select(v => v.Enter).Concat(frame.Constants).Select(enter => enter.Inputs[0])
            );
        }
        foreach (var frame in frames)
        {
            frame.Loop.Loop = new(
                TensorFlowBody.Of(frame.Arguments, [frame.Goes.Inputs[0]], file),
                TensorFlowBody.Of(frame.Arguments, [.. frame.Variables.Select(v => v.Next.Inputs[0])], file)
            );
        }
    }

    private static IEnumerable<Frame> Frames(List<TensorFlowStep> steps)
    {
        var enters = steps.Where(s => s is { Op: "Enter", Inputs.Count: 1 }).ToLookup(NameOf, StringComparer.Ordinal);
        var variables = steps
            .Where(s => s.Op == TensorFlowControl.MergeOp)
            .Select(VariableOf)
            .OfType<Variable>()
            .ToLookup(v => NameOf(v.Enter), StringComparer.Ordinal);
        var conditions = steps
            .Where(s => s is { Op: "Switch", Inputs: [_, { Step: { Op: LoopOp, Inputs.Count: 1 } }] })
            .ToLookup(s => s.Inputs[0].Step, s => s.Inputs[1].Step);
        foreach (var frame in variables)
        {
            // Without the one condition that all share, the nodes stay, and are refused by name.
            if (frame.SelectMany(v => conditions[v.Merge]).Distinct().ToArray() is not [var goes])
            {
                continue;
            }
            var merged = frame.Select(v => v.Enter).ToHashSet();
            var constants = enters[frame.Key].Where(e => !merged.Contains(e)).ToArray();
            yield return new(
                new(goes.Name, LoopOp, goes.Attributes),
                goes,
                [.. frame],
                constants,
                [.. frame.Select(v => v.Enter).Concat(constants).Select(enter => TensorFlowBody.Argument(enter.Name))]
            );
        }
    }

    private static void Replace(
        Frame frame,
        List<TensorFlowStep> steps,
        Dictionary<TensorFlowSource, TensorFlowSource> replaced
    )
    {
        var places = new Dictionary<TensorFlowStep, int>();
        for (var i = 0; i < frame.Variables.Length; i++)
        {
            places.Add(frame.Variables[i].Merge, i);
            replaced[new(frame.Variables[i].Merge, 0)] = new(frame.Arguments[i], 0);
        }
        for (var i = 0; i < frame.Constants.Length; i++)
        {
            replaced[new(frame.Constants[i], 0)] = new(frame.Arguments[frame.Variables.Length + i], 0);
        }
        var switches = new Dictionary<TensorFlowStep, int>();
        foreach (var step in steps.Where(s => s.Op == "Switch" && s.Inputs.Count == 2))
        {
            if (step.Inputs[1].Step == frame.Goes && places.TryGetValue(step.Inputs[0].Step, out var place))
            {
                switches.Add(step, place);
                replaced[new(step, 1)] = new(frame.Arguments[place], 0);
            }
        }
        foreach (var step in steps.Where(s => s is { Op: "Exit", Inputs: [{ Output: 0 }] }))
        {
            if (switches.TryGetValue(step.Inputs[0].Step, out var place))
            {
                replaced[new(step, 0)] = new(frame.Loop, place);
            }
        }
    }

    private static Variable? VariableOf(TensorFlowStep merge) =>
        merge.Inputs switch
        {
            [
                { Step: { Op: "Enter", Inputs.Count: 1 } enter },
                { Step: { Op: "NextIteration", Inputs.Count: 1 } next },
            ] => new(merge, enter, next),
            [
                { Step: { Op: "NextIteration", Inputs.Count: 1 } next },
                { Step: { Op: "Enter", Inputs.Count: 1 } enter },
            ] => new(merge, enter, next),
            _ => null,
        };

    private static string NameOf(TensorFlowStep enter) => enter.Attributes.GetValueOrDefault("frame_name")?.Text ?? "";

    private static List<TensorFlowStep> Reached(List<TensorFlowSource> outputs)
    {
        var (reached, seen) = (new List<TensorFlowStep>(), new HashSet<TensorFlowStep>());
        var todo = new Stack<TensorFlowStep>(outputs.Select(o => o.Step));
        while (todo.TryPop(out var step))
        {
            if (!seen.Add(step))
            {
                continue;
            }
            reached.Add(step);
            foreach (var input in step.Inputs)
            {
                todo.Push(input.Step);
            }
        }
        return reached;
    }
}
