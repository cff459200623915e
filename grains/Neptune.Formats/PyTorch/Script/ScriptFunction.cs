using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A function or method of TorchScript's code.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters, a method's own object first; the default is null where there is none.</param>
/// <param name="Body">What it does.</param>
/// <param name="File">Where it stands, for errors.</param>
internal sealed record ScriptFunction(
    string Name,
    ImmutableArray<(string Name, ScriptExpression? Default)> Parameters,
    ImmutableArray<ScriptStatement> Body,
    string File
);
