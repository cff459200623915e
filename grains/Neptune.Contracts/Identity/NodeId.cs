using System.Text.RegularExpressions;

namespace Neptune.Contracts;

/// <summary>One TorchSharp device of one silo, such as <c>host/cpu:0</c>. It checks itself.</summary>
[GenerateSerializer, Immutable, Alias("neptune.node-id")]
public readonly partial record struct NodeId
{
    /// <summary>The name as given.</summary>
    /// <exception cref="ArgumentException">It is not HOST/DEVICE:NUMBER such as local/cpu:0.</exception>
    public NodeId(string value)
    {
        if (value is null || !Valid().IsMatch(value))
        {
            throw new ArgumentException($"'{value}' is no name of a node: use HOST/DEVICE:NUMBER such as local/cpu:0.");
        }
        Value = value;
    }

    /// <summary>The name as text.</summary>
    [Id(0)]
    public string Value { get; private init; }

    /// <summary>The silo that owns the device.</summary>
    public string Host => Value[..Value.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The device, such as <c>cpu:0</c>.</summary>
    public string Device => Value[(Value.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The name as text.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[a-z]+:[0-9]{1,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex Valid();
}
