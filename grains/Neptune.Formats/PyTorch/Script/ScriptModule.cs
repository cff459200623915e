namespace Neptune.Formats;

/// <summary>A module as TorchScript's code holds it.</summary>
/// <param name="Object">Its class and state.</param>
/// <param name="Path">Where it is in the model, such as <c>layer1.conv1</c>; empty for the model itself.</param>
internal sealed record ScriptModule(PickleObject Object, string Path)
{
    /// <summary>The path of one of its members.</summary>
    public string PathOf(string member) => Path.Length == 0 ? member : $"{Path}.{member}";
}
