using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A whole number, or the length of a value's axis that is known when the graph runs.</summary>
/// <param name="Number">The number; without meaning where there is a symbol.</param>
/// <param name="Symbol">The dimension whose length it is; null for a number.</param>
/// <param name="Value">The value of Neptune's graph that has that length.</param>
/// <param name="Axis">The axis there.</param>
internal readonly record struct TensorFlowLength(
    long Number,
    Dimension? Symbol = null,
    string Value = "",
    int Axis = 0
);
