using System.Diagnostics;
using System.Reflection;

namespace Neptune.Torch;

/// <summary>What users' code threw, in one line.</summary>
internal static class ModuleErrors
{
    /// <summary>The error's type and first line, and the method that it came from.</summary>
    public static string Describe(Exception error)
    {
        var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
        var thrower = new StackTrace(cause)
            .GetFrames()
            .Select(frame => frame.GetMethod()?.DeclaringType is { } type ? (type, frame.GetMethod()!.Name) : default)
            .FirstOrDefault(frame =>
                frame.type is not null
                && frame.type.Namespace?.Split('.')[0] is not ("System" or "TorchSharp")
                && frame.type.Assembly != typeof(ModuleErrors).Assembly
            );
        var place = thrower.type is null ? "" : $" (in {thrower.type.Name}.{thrower.Name})";
        return $"{cause.GetType().Name}: {cause.Message.Split('\n')[0].TrimEnd()}{place}";
    }
}
