namespace Neptune.Simulator;

/// <summary>Something that will happen.</summary>
/// <param name="Silo">Where; null outside of all silos.</param>
/// <param name="Incarnation">In which start of the silo.</param>
/// <param name="Action">What.</param>
internal readonly record struct Happening(Silo? Silo, int Incarnation, Action Action);
