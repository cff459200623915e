using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, T steps, I inputs, H units

/// <summary>
/// A recurrence over masked steps, laid out step by step: each is one step of the operator, whose new states are taken where the
/// step counts, and whose old ones stay where it does not. The output of a masked step is that of the step before it, zeros before
/// the first (as backend.rnn of Keras has it), or zeros where the layer asks for these.
/// </summary>
internal sealed class KerasMaskedSteps
{
    private const long MostSteps = 1024;

    private readonly KerasScope _scope;
    private readonly KerasValue _input;
    private readonly string _mask;
    private readonly int _steps;
    private readonly bool _isZero;

    private KerasMaskedSteps(KerasScope scope, KerasValue input, string mask, int steps, bool isZero) =>
        (_scope, _input, _mask, _steps, _isZero) = (scope, input, mask, steps, isZero);

    /// <summary>The steps of a layer's input; null where they are not masked.</summary>
    /// <param name="scope">The layer.</param>
    /// <param name="input">Its input (N, T, I).</param>
    /// <param name="isZero">True where masked steps give zeros (zero_output_for_mask).</param>
    /// <exception cref="KerasRefusedException">The mask is not known, or there are too many steps.</exception>
    /// <exception cref="GraphException">The number of steps is not known.</exception>
    public static KerasMaskedSteps? Of(KerasScope scope, KerasValue input, bool isZero)
    {
        if (input.Mask is not { } mask)
        {
            return null;
        }
        if (mask.Steps is not { } known)
        {
            throw scope.Refused(
                "its input has masked steps (mask_zero or Masking), and which ones they are is not known behind the layers before it"
            );
        }
        var steps = scope.Length(input, 1);
        return steps is >= 1 and <= MostSteps
            ? new(scope, input, known, (int)steps, isZero)
            : throw scope.Refused(
                $"its input has {steps} masked steps, which are laid out one by one, and at most {MostSteps} can be. "
                    + "Give shorter sequences"
            );
    }

    /// <summary>The outputs (N, 1, H) of the steps in the order in which they are made, and the last states (N, 1, H).</summary>
    /// <param name="isBackward">True where the last step comes first.</param>
    /// <param name="states">The states at first (N, 1, H); none for zeros.</param>
    /// <param name="step">Adds one step: of its input (N, 1, I) and the states before, none at first, the states after it.</param>
    public (ImmutableArray<string> Outputs, ImmutableArray<string> States) Run(
        bool isBackward,
        ImmutableArray<string> states,
        Func<string, ImmutableArray<string>, ImmutableArray<string>> step
    )
    {
        var inputs = Steps("steps", _scope.Graph.Plain(_input));
        var masks = Steps("masks", _mask);
        var zeros = _scope.Constant("zeros", Shape.Scalar, 0);
        // Without states at first, the output before and the state before are the same.
        var isState = states.IsEmpty && !_isZero;
        var output = zeros;
        var outputs = ImmutableArray.CreateBuilder<string>();
        foreach (var at in Enumerable.Range(0, _steps).Select(i => isBackward ? _steps - 1 - i : i))
        {
            var made = step(inputs[at], states);
            var before = states.IsEmpty ? [.. made.Select(_ => zeros)] : states;
            states = [.. made.Zip(before, (now, old) => Pick("kept", masks[at], now, old))];
            output = isState ? states[0] : Pick("output", masks[at], made[0], _isZero ? zeros : output);
            outputs.Add(output);
        }
        return (outputs.ToImmutable(), states);
    }

    private string Pick(string suffix, string condition, string now, string old) =>
        _scope.Then(suffix, "Where", [condition, now, old]);

    private ImmutableArray<string> Steps(string suffix, string value) =>
        _scope.Graph.AppendSeveral($"{_scope.Name}.{suffix}", "Split", [value], _steps, ("axis", 1L));
}
