using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>
/// What an evaluation found, as a dictionary: <c>result["Test loss"]</c>, <c>result["Test accuracy"]</c> and, for each
/// class, <c>result["Precision 7"]</c> and <c>result["Recall 7"]</c>; other metrics of the model by their names, such as
/// <c>result["Test top_k_accuracy:5"]</c>.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is an evaluation first, and reads as a dictionary.")]
public sealed class Evaluation : IReadOnlyDictionary<string, double>
{
    /// <summary>The key of the mean loss.</summary>
    public const string TestLoss = "Test loss";

    /// <summary>The key of the accuracy; missing where targets are values.</summary>
    public const string TestAccuracy = "Test accuracy";

    /// <summary>What the keys of other metrics begin with: <c>Test auc</c>.</summary>
    public const string TestPrefix = "Test ";

    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    internal Evaluation(EvaluationResult result, bool normalizeColumns, bool normalizeAccuracy)
    {
        Result = result;
        var counts = ToMatrix(result);
        _values[TestLoss] = result.Loss;
        if (result.Accuracy is { } accuracy)
        {
            _values[TestAccuracy] = normalizeAccuracy ? BalancedAccuracy(counts) : accuracy;
        }
        foreach (var metric in result.Metrics)
        {
            _values[TestPrefix + metric.Name] = metric.Value;
        }
        for (var c = 0; c < counts.GetLength(0); c++)
        {
            _values[$"Precision {result.Labels[c]}"] = Share(counts[c, c], ColumnSum(counts, c));
            _values[$"Recall {result.Labels[c]}"] = Share(counts[c, c], RowSum(counts, c));
        }
        Confusion = normalizeColumns ? ColumnsNormalized(counts) : counts;
    }

    /// <summary>The counts that all else is computed from.</summary>
    public EvaluationResult Result { get; }

    /// <summary>
    /// Samples by true class (row) and predicted class (column); with normalised columns each column with samples sums
    /// to 1.
    /// </summary>
    [SuppressMessage("Performance", "CA1814", Justification = "A confusion matrix is square.")]
    public double[,] Confusion { get; }

    /// <inheritdoc/>
    public double this[string key] =>
        _values.TryGetValue(key, out var value)
            ? value
            : throw new KeyNotFoundException(
                $"The evaluation has no '{key}'. {ModelGraph.NearestNames.Offer(key, _values.Keys)}"
            );

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<double> Values => _values.Values;

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, out double value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static double[,] ToMatrix(EvaluationResult result)
    {
        var classes = result.Confusion.IsEmpty ? 0 : result.Labels.Length;
        var counts = new double[classes, classes];
        for (var i = 0; i < classes * classes; i++)
        {
            counts[i / classes, i % classes] = result.Confusion[i];
        }
        return counts;
    }

    private static double BalancedAccuracy(double[,] counts) =>
        Enumerable
            .Range(0, counts.GetLength(0))
            .Where(c => RowSum(counts, c) > 0)
            .Select(c => counts[c, c] / RowSum(counts, c))
            .DefaultIfEmpty(double.NaN)
            .Average();

    private static double[,] ColumnsNormalized(double[,] counts)
    {
        var shares = new double[counts.GetLength(0), counts.GetLength(1)];
        for (var row = 0; row < shares.GetLength(0); row++)
        {
            for (var column = 0; column < shares.GetLength(1); column++)
            {
                shares[row, column] = Share(counts[row, column], ColumnSum(counts, column));
            }
        }
        return shares;
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

    private static double RowSum(double[,] counts, int row) =>
        Enumerable.Range(0, counts.GetLength(1)).Sum(column => counts[row, column]);

    private static double ColumnSum(double[,] counts, int column) =>
        Enumerable.Range(0, counts.GetLength(0)).Sum(row => counts[row, column]);
}
