using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>A fault to try out what notices it, for tests and drills.</summary>
/// <param name="Device">The device that has it, such as cpu:0.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Step">Before this step, or from it on.</param>
/// <param name="Milliseconds">Of <see cref="FaultKind.Pace"/>.</param>
public sealed partial record FaultInjection(string Device, FaultKind Kind, long Step, double Milliseconds)
{
    /// <summary>The environment variable that a silo reads.</summary>
    public const string Variable = "NEPTUNE_FAULTS";

    /// <summary>
    /// Reads faults: <c>weights@120=cpu:0; gradients@200=cpu:1; pace@50:4.5=cpu:0</c>.
    /// </summary>
    /// <param name="text">The faults; null takes those of the environment variable.</param>
    /// <exception cref="InvalidInputException">The text says no faults.</exception>
    public static ImmutableArray<FaultInjection> Parse(string? text) =>
        [
            .. (text ?? Environment.GetEnvironmentVariable(Variable) ?? "")
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(ParseOne),
        ];

    private static FaultInjection ParseOne(string text)
    {
        var match = Form().Match(text);
        return match.Success && Enum.TryParse<FaultKind>(match.Groups["kind"].Value, true, out var kind)
            ? new(
                match.Groups["device"].Value,
                kind,
                long.Parse(match.Groups["step"].Value, CultureInfo.InvariantCulture),
                match.Groups["ms"] is { Success: true } ms ? double.Parse(ms.Value, CultureInfo.InvariantCulture) : 0
            )
            : throw new InvalidInputException(
                $"{Variable}: '{text}' is no fault. Write weights@STEP=DEVICE, nan@STEP=DEVICE, gradient@STEP=DEVICE, "
                    + "infinity@STEP=DEVICE, gradients@STEP=DEVICE or pace@STEP:MILLISECONDS=DEVICE."
            );
    }

    [GeneratedRegex(@"^(?<kind>[a-z]+)@(?<step>\d{1,18})(:(?<ms>\d{1,6}(\.\d{1,6})?))?=(?<device>[a-z]+:\d+)$")]
    private static partial Regex Form();
}
