using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Puts the rounds of a loop one behind another, and the branch that is taken in the place of a branching: their conditions are
/// computed while the graph is translated.
/// </summary>
internal sealed class TensorFlowUnrolling(
    TensorFlowInlining inlining,
    TensorFlowEmitter emitter,
    TensorFlowEvaluation evaluation
)
{
    private const int Deepest = 32;

    private static readonly string[] Loops = ["While", "StatelessWhile"];
    private static readonly string[] Branchings = ["If", "StatelessIf"];

    private readonly Dictionary<TensorFlowStep, TensorFlowLoop> _loops = [];
    private readonly Dictionary<(TensorFlowStep, bool), TensorFlowBody> _branches = [];
    private readonly Dictionary<
        TensorFlowBody,
        Dictionary<TensorFlowStep, (ImmutableArray<TensorFlowValue> Inputs, ImmutableArray<TensorFlowValue> Outputs)>
    > _former = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _active = new();

    /// <summary>Its operators, for the table: they are no plain steps.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                string.Join(' ', Loops),
                call => throw TensorFlowCall.Refuse("it is no loop"),
                "unrolled: how often it runs is known once the input's shape is"
            ),
            .. TensorFlowOperator.Of(
                "Enter Exit LoopCond NextIteration",
                call => throw TensorFlowCall.Refuse("it belongs to no whole loop"),
                "together one loop, which is unrolled as While is"
            ),
            .. TensorFlowOperator.Of(
                string.Join(' ', Branchings),
                call => throw TensorFlowCall.Refuse("it is no branching"),
                "known condition: the branch that is taken"
            ),
        ];

    /// <summary>True for a loop or a branching.</summary>
    public static bool Takes(TensorFlowStep step) =>
        step.Loop is not null || Loops.Contains(step.Op) || Branchings.Contains(step.Op);

    /// <summary>The results of a loop or branching.</summary>
    /// <param name="step">The loop or branching.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="name">Its name, with the round that it lies in.</param>
    /// <exception cref="TensorFlowRefusedException">Its condition is known only when the graph runs.</exception>
    /// <exception cref="ModelFileException">It is not sound, or unrolls to too many nodes.</exception>
    public ImmutableArray<TensorFlowValue> Of(
        TensorFlowStep step,
        ImmutableArray<TensorFlowValue> inputs,
        string name
    ) => Branchings.Contains(step.Op) ? Branch(step, inputs, name) : Unroll(step, inputs, name);

    private ImmutableArray<TensorFlowValue> Unroll(
        TensorFlowStep step,
        ImmutableArray<TensorFlowValue> inputs,
        string name
    )
    {
        var loop = LoopOf(step);
        if (loop.Condition.Arguments.Length != inputs.Length || loop.Body.Arguments.Length != inputs.Length)
        {
            throw new GraphException($"it has {inputs.Length} inputs, and its functions take another number of them.");
        }
        var outer = name[step.Name.Length..];
        for (var round = 0; ; round++)
        {
            var suffix = $"{outer}.{round}";
            var goes = Run(loop.Condition, inputs, suffix, FunctionOf(step, "cond") ?? $"the condition of {step.Name}");
            if (goes is not [var condition])
            {
                throw new GraphException($"its condition has {goes.Length} results, and needs one.");
            }
            if (condition is TensorFlowValue.Refused refused)
            {
                return [new TensorFlowValue.Refused(null, [refused])];
            }
            if (!IsTrue(condition, inputs, "how often it runs"))
            {
                return inputs[..loop.Variables];
            }
            inputs =
            [
                .. Run(loop.Body, inputs, suffix, FunctionOf(step, "body") ?? $"loop {step.Name}"),
                .. inputs[loop.Variables..],
            ];
        }
    }

    private TensorFlowLoop LoopOf(TensorFlowStep step)
    {
        if (step.Loop is { } known || _loops.TryGetValue(step, out known))
        {
            return known;
        }
        var loop = new TensorFlowLoop(
            inlining.Body(FunctionOf(step, "cond"), step.Name),
            inlining.Body(FunctionOf(step, "body"), step.Name)
        );
        if (loop.Variables != loop.Body.Arguments.Length)
        {
            throw new GraphException(
                $"its body takes {loop.Body.Arguments.Length} values and gives {loop.Variables}. The file is damaged."
            );
        }
        _loops.Add(step, loop);
        return loop;
    }

    private ImmutableArray<TensorFlowValue> Branch(
        TensorFlowStep step,
        ImmutableArray<TensorFlowValue> inputs,
        string name
    )
    {
        if (inputs is not [var condition, .. var arguments])
        {
            throw new GraphException("it has no condition. The file is damaged.");
        }
        if (condition is TensorFlowValue.Refused refused)
        {
            return [new TensorFlowValue.Refused(null, [refused])];
        }
        var isTaken = IsTrue(condition, [condition], "which branch it takes");
        var attribute = isTaken ? "then_branch" : "else_branch";
        if (!_branches.TryGetValue((step, isTaken), out var branch))
        {
            branch = inlining.Body(FunctionOf(step, attribute), step.Name);
            _branches.Add((step, isTaken), branch);
        }
        if (branch.Arguments.Length != arguments.Length)
        {
            throw new GraphException(
                $"it gives {arguments.Length} arguments to a branch that takes {branch.Arguments.Length}."
            );
        }
        return Run(branch, arguments, name[step.Name.Length..], FunctionOf(step, attribute)!);
    }

    private ImmutableArray<TensorFlowValue> Run(
        TensorFlowBody body,
        ImmutableArray<TensorFlowValue> arguments,
        string round,
        string function
    )
    {
        if (_active.Contains(function))
        {
            throw new GraphException($"{function} calls itself. Recursion is not known.");
        }
        if (_active.Count >= Deepest)
        {
            throw new GraphException($"loops and branches lie in one another more than {Deepest} deep.");
        }
        emitter.Budget.Take(1 + body.Steps.Length);
        if (!_former.TryGetValue(body, out var former))
        {
            _former.Add(body, former = []);
        }
        var values = new TensorFlowValues(round, former);
        for (var i = 0; i < arguments.Length; i++)
        {
            values.Add(body.Arguments[i], [arguments[i]]);
        }
        _active.Push(function);
        foreach (var step in body.Steps)
        {
            evaluation.Evaluate(step, values);
        }
        _active.Pop();
        return [.. body.Results.Select(result => values[result])];
    }

    private static string? FunctionOf(TensorFlowStep step, string attribute) =>
        step.Attributes.GetValueOrDefault(attribute)?.Function;

    private static bool IsTrue(TensorFlowValue condition, ImmutableArray<TensorFlowValue> inputs, string what)
    {
        if (condition is TensorFlowValue.Constant { Value: var value } && value.Shape.ElementCount() == 1)
        {
            return TensorFlowNumbers.Of(value).At(0) != 0;
        }
        var open = inputs
            .OfType<TensorFlowValue.Lengths>()
            .SelectMany(l => l.Elements)
            .Where(e => e.Symbol is not null);
        throw TensorFlowCall.Refuse(
            open.FirstOrDefault() is { Symbol: not null } length
                ? $"{what} depends on {TensorFlowLengths.Describe(length)}"
                : $"{what} depends on data, and is known only when the graph runs; save the model with loops of fixed length"
        );
    }
}
