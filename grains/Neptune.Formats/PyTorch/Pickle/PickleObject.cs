namespace Neptune.Formats;

/// <summary>An object of a class that is known by name only: nothing of the class is run.</summary>
/// <param name="className">The class, with its module.</param>
internal sealed class PickleObject(string className)
{
    public string ClassName => className;

    /// <summary>What the pickle says the object holds; null where it says nothing.</summary>
    public object? State { get; set; }
}
