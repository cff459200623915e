using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>An operation that is a user's module: what its attributes say.</summary>
/// <param name="Module">Which module.</param>
/// <param name="Settings">What its constructor is given, by name.</param>
/// <param name="Output">The shape of a sample's output; the batch stands before it.</param>
/// <param name="Tensors">
/// The module's names for its parameters and buffers, in the order of the operation's inputs behind the first.
/// </param>
/// <param name="Statistics">Which of them are buffers that training lets run along.</param>
public sealed record ModuleOperation(
    ModuleRef Module,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableArray<long> Output,
    ImmutableArray<string> Tensors,
    ImmutableArray<string> Statistics
)
{
    /// <summary>The operator's name. It is none of ONNX's.</summary>
    public const string Type = "UserModule";

    /// <summary>What an operation says.</summary>
    /// <exception cref="GraphException">An attribute is missing, or says nothing sensible.</exception>
    public static ModuleOperation Of(Operation operation) =>
        new(
            new(Required(operation, "module"), Required(operation, "version"), Hash(operation)),
            SettingsOf(operation),
            operation.Ints("shape"),
            operation.Texts("tensors"),
            operation.Texts("statistics")
        );

    /// <summary>The attributes that say this.</summary>
    public ImmutableSortedDictionary<string, AttributeValue> ToAttributes() =>
        ImmutableSortedDictionary.CreateRange<string, AttributeValue>(
            StringComparer.Ordinal,
            [
                new("module", Module.Name),
                new("version", Module.Version),
                new("sha256", Module.Sha256),
                new("settings", new AttributeValue.Texts([.. Settings.Select(s => $"{s.Key}={s.Value}")])),
                new("shape", new AttributeValue.Ints(Output)),
                new("tensors", new AttributeValue.Texts(Tensors)),
                new("statistics", new AttributeValue.Texts(Statistics)),
            ]
        );

    private static string Required(Operation operation, string attribute) =>
        operation.Text(attribute, "") is { Length: > 0 } text
            ? text
            : throw Error(operation, $"the attribute {attribute} is missing or empty");

    private static string Hash(Operation operation)
    {
        var hash = Required(operation, "sha256");
        return hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower)
            ? hash
            : throw Error(operation, $"sha256 is '{hash}', and must be 64 lower-case hex digits");
    }

    private static ImmutableSortedDictionary<string, string> SettingsOf(Operation operation)
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in operation.Texts("settings"))
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } key, var value] || !settings.TryAdd(key, value))
            {
                throw Error(operation, $"the setting '{text}' is no key=value, or stands twice");
            }
        }
        return settings.ToImmutable();
    }

    private static GraphException Error(Operation operation, string problem) =>
        new(
            $"Operation {operation.Name} ({operation.Type}): {problem}. Take the graph that Neptune gives for the module."
        );
}
