using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>A blob (N, C, H, W) for formulas that are spelt out.</summary>
internal sealed class Blob4(int n, int c, int h, int w)
{
    private readonly double[] _values = new double[n * c * h * w];

    public int N => n;

    public int C => c;

    public int H => h;

    public int W => w;

    public double this[int i, int j, int y, int x]
    {
        get => _values[(((((i * c) + j) * h) + y) * w) + x];
        set => _values[(((((i * c) + j) * h) + y) * w) + x] = value;
    }

    /// <summary>Each element by its place.</summary>
    public static Blob4 Of(int n, int c, int h, int w, Func<int, int, int, int, double> element)
    {
        var blob = new Blob4(n, c, h, w);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < c; j++)
            {
                for (var y = 0; y < h; y++)
                {
                    for (var x = 0; x < w; x++)
                    {
                        blob[i, j, y, x] = element(i, j, y, x);
                    }
                }
            }
        }
        return blob;
    }

    /// <summary>Numbers of both signs and many sizes, none of them equal, always the same.</summary>
    public static Blob4 Sample(int n, int c, int h, int w, int seed = 1)
    {
        var random = new KeyedRandom(KeyedRandom.Key((ulong)seed, "blob"));
        var numbers = new double[n * c * h * w];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)((random.NextDouble() * 4) - 2);
        }
        return Of(n, c, h, w, (i, j, y, x) => numbers[(((((i * c) + j) * h) + y) * w) + x]);
    }

    /// <summary>The same function of each element.</summary>
    public Blob4 Map(Func<double, double> function) => Of(n, c, h, w, (i, j, y, x) => function(this[i, j, y, x]));

    /// <summary>The elements in order.</summary>
    public float[] Floats() => [.. _values.Select(v => (float)v)];

    public TensorValue ToTensor() => TensorValue.Of(Shape.Of(n, c, h, w), Floats());
}
