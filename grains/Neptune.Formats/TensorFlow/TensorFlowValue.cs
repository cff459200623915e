using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What is known of an output of a step while the graph is translated.</summary>
internal abstract class TensorFlowValue
{
    private TensorFlowValue() { }

    /// <summary>Elements that are known: a weight, a setting, or what was computed of such.</summary>
    /// <param name="value">The elements.</param>
    /// <param name="name">The name of the node that they come from.</param>
    public sealed class Constant(TensorValue value, string name) : TensorFlowValue
    {
        /// <summary>The elements.</summary>
        public TensorValue Value => value;

        /// <summary>The name of the node that they come from.</summary>
        public string Name => name;
    }

    /// <summary>Whole numbers of which some are lengths that are known when the graph runs: what shapes are made of.</summary>
    /// <param name="elements">The numbers.</param>
    /// <param name="isScalar">True for one number without a dimension.</param>
    /// <param name="type">What the file takes them for.</param>
    public sealed class Lengths(ImmutableArray<TensorFlowLength> elements, bool isScalar, ElementType type)
        : TensorFlowValue
    {
        /// <summary>The numbers.</summary>
        public ImmutableArray<TensorFlowLength> Elements => elements;

        /// <summary>True for one number without a dimension.</summary>
        public bool IsScalar => isScalar;

        /// <summary>What the file takes them for.</summary>
        public ElementType Type => type;
    }

    /// <summary>A value of Neptune's graph.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="isChannelsFirst">True where it lies (N, C, ...) there, and (N, ..., C) in the file.</param>
    public sealed class Computed(string name, bool isChannelsFirst = false) : TensorFlowValue
    {
        /// <summary>Its name there.</summary>
        public string Name => name;

        /// <summary>True where it lies (N, C, ...) there, and (N, ..., C) in the file.</summary>
        public bool IsChannelsFirst => isChannelsFirst;
    }

    /// <summary>Random numbers in Low..High, without High. They are used where that says all that matters.</summary>
    /// <param name="low">The least.</param>
    /// <param name="high">What all are less than.</param>
    /// <param name="type">What an element is.</param>
    public sealed class Uniform(double low, double high, ElementType type) : TensorFlowValue
    {
        /// <summary>The least.</summary>
        public double Low => low;

        /// <summary>What all are less than.</summary>
        public double High => high;

        /// <summary>What an element is.</summary>
        public ElementType Type => type;
    }

    /// <summary>The handle of a variable.</summary>
    /// <param name="value">The variable's value; null where the model has none.</param>
    public sealed class Handle(Constant? value) : TensorFlowValue
    {
        /// <summary>The variable's value; null where the model has none.</summary>
        public Constant? Value => value;
    }

    /// <summary>
    /// A list of tensors, or an array of them, as it is at one point of the graph: what changes it makes another. Elements that
    /// were never set are missing.
    /// </summary>
    /// <param name="elements">The elements by their place.</param>
    /// <param name="count">How many places there are.</param>
    /// <param name="shape">The shape that an element has, as far as it is said.</param>
    /// <param name="dataType">The number of the elements' type.</param>
    /// <param name="mayGrow">True where setting an element behind the last makes it longer.</param>
    public sealed class List(
        ImmutableDictionary<int, TensorFlowValue> elements,
        int count,
        TensorFlowShape shape,
        int dataType,
        bool mayGrow
    ) : TensorFlowValue
    {
        /// <summary>The elements by their place.</summary>
        public ImmutableDictionary<int, TensorFlowValue> Elements => elements;

        /// <summary>How many places there are.</summary>
        public int Count => count;

        /// <summary>The shape that an element has, as far as it is said.</summary>
        public TensorFlowShape Shape => shape;

        /// <summary>The number of the elements' type.</summary>
        public int DataType => dataType;

        /// <summary>True where setting an element behind the last makes it longer.</summary>
        public bool MayGrow => mayGrow;

        /// <summary>The same list with other elements.</summary>
        public List With(ImmutableDictionary<int, TensorFlowValue> others, int length) =>
            new(others, length, shape, dataType, mayGrow);
    }

    /// <summary>A branch that is not taken.</summary>
    public sealed class Dead : TensorFlowValue;

    /// <summary>What cannot be translated, and what depends on that.</summary>
    /// <param name="problem">What is wrong with the node itself; null where nothing is.</param>
    /// <param name="causes">What it depends on.</param>
    public sealed class Refused(TensorFlowProblem? problem, ImmutableArray<Refused> causes) : TensorFlowValue
    {
        /// <summary>A node that is wrong itself.</summary>
        public static Refused Of(string op, string node, string reason) => new(new(op, node, reason), []);

        /// <summary>What is wrong with the node itself; null where nothing is.</summary>
        public TensorFlowProblem? Problem => problem;

        /// <summary>What it depends on.</summary>
        public ImmutableArray<Refused> Causes => causes;
    }
}
