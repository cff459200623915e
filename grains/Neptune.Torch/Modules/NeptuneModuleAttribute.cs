namespace Neptune.Torch;

/// <summary>
/// Marks a TorchSharp module that silos register when they load its assembly. The class derives from
/// <c>Module&lt;Tensor, Tensor&gt;</c>, and has a public constructor without parameters, or one that takes its settings
/// (<c>IReadOnlyDictionary&lt;string, string&gt;</c>).
/// </summary>
/// <param name="name">The name that graphs call it by.</param>
/// <param name="version">Its version; a change of what it computes gets another one.</param>
/// <example><code>
/// [NeptuneModule("my-net", "1.0")]
/// public sealed class MyNet : Module&lt;Tensor, Tensor&gt; { ... }
/// </code></example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NeptuneModuleAttribute(string name, string version) : Attribute
{
    /// <summary>The name that graphs call it by.</summary>
    public string Name { get; } = name;

    /// <summary>Its version.</summary>
    public string Version { get; } = version;
}
