namespace Neptune.Formats;

/// <summary>The place of a call in a pickle: it makes errors, and bounds how much may be copied.</summary>
/// <param name="Name">What is called.</param>
/// <param name="Position">The opcode's place.</param>
/// <param name="Unpickler">Who asks.</param>
internal readonly record struct PickleCall(string Name, int Position, Unpickler Unpickler)
{
    public ModelFileException Error(string problem) => Unpickler.Error(Position, $"{Name}: {problem}");

    /// <summary>Counts items that are copied: what is copied again and again could grow far beyond the file.</summary>
    public void Charge(int items) => Unpickler.Charge(Position, items);
}
