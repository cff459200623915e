using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Sums of products by Einstein's convention: <c>equation</c> names each input's axes by letters, and behind an
/// arrow those of
/// the output. Three dots stand for axes that broadcast.
/// </summary>
internal sealed class Einsum : IOperationDefinition
{
    public string Type => "Einsum";

    public ImmutableArray<string> Inputs => ["Inputs"];

    public bool IsVariadic => true;

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Text("equation")];

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) => [ElementKind.Number.OfAll(scope)];

    public TensorType Infer(OperationScope scope)
    {
        var equation = scope.Operation.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != scope.Count)
        {
            throw Wrong(scope, equation, $"and there are {scope.Count} inputs. Give letters for the axes of each");
        }
        var lengths = new Dictionary<char, Dimension>();
        var dots = Shape.Scalar;
        for (var i = 0; i < terms.Length; i++)
        {
            var letters = terms[i].Replace("...", ".", StringComparison.Ordinal);
            var shape = scope.Shape(i);
            var unnamed = letters.Contains('.') ? shape.Rank - (letters.Length - 1) : 0;
            if (
                unnamed < 0
                || letters.Count(c => c == '.') > 1
                || (letters.Length != shape.Rank && !letters.Contains('.'))
            )
            {
                throw Wrong(scope, equation, $"and {scope.NameOf(i)} has shape {shape}. Name each axis by one letter");
            }
            var axis = 0;
            foreach (var letter in letters)
            {
                if (letter == '.')
                {
                    dots =
                        Broadcasting.Of(dots, new(shape.Dimensions.Slice(axis, unnamed)))
                        ?? throw Wrong(
                            scope,
                            equation,
                            "and the axes under the dots do not broadcast. Make them equal"
                        );
                    axis += unnamed;
                    continue;
                }
                lengths[letter] = Length(scope, equation, letter, shape[axis], lengths);
                axis++;
            }
        }
        return new(TypesOf(scope)[0], Output(scope, equation, sides, lengths, dots));
    }

    private static Dimension Length(
        OperationScope scope,
        string equation,
        char letter,
        Dimension length,
        Dictionary<char, Dimension> lengths
    ) =>
        !char.IsAsciiLetter(letter) ? throw Wrong(scope, equation, $"which holds {letter}. Use letters")
        : lengths.TryGetValue(letter, out var other)
            ? Broadcasting.Of(new(other), new(length))?[0]
                ?? throw Wrong(scope, equation, $"where {letter} has the lengths {other} and {length}. Make them equal")
        : length;

    private static Shape Output(
        OperationScope scope,
        string equation,
        string[] sides,
        Dictionary<char, Dimension> lengths,
        Shape dots
    )
    {
        var all = sides[0].Replace("...", ".", StringComparison.Ordinal);
        var letters =
            sides.Length == 2
                ? sides[1].Replace("...", ".", StringComparison.Ordinal)
                : (all.Contains('.') ? "." : "")
                    + string.Concat(all.Where(c => char.IsAsciiLetter(c) && all.Count(o => o == c) == 1).Order());
        var result = new List<Dimension>();
        foreach (var letter in letters)
        {
            if (letter == '.')
            {
                result.AddRange(dots.Dimensions);
            }
            else
            {
                result.Add(
                    lengths.TryGetValue(letter, out var length)
                        ? length
                        : throw Wrong(scope, equation, $"whose output has {letter}, which no input has. Take it out")
                );
            }
        }
        return new([.. result]);
    }

    private static GraphException Wrong(OperationScope scope, string equation, string problem) =>
        scope.Error($"equation is {equation}, {problem}.");
}
