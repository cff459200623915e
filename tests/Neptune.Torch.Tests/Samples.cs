using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Samples drawn from a key.</summary>
internal static class Samples
{
    public static float[] Floats(int count, ulong key = 1)
    {
        var random = new KeyedRandom(key);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
        {
            value = (float)((random.NextDouble() * 2) - 1);
        }
        return values;
    }

    public static long[] Classes(int count, int classes, ulong key = 2)
    {
        var random = new KeyedRandom(key);
        var values = new long[count];
        foreach (ref var value in values.AsSpan())
        {
            value = random.NextBelow(classes);
        }
        return values;
    }

    public static ShardBatch Batch(int rows, int width, int classes, ulong key = 1) =>
        new(rows, Floats(rows * width, key)) { Classes = Classes(rows, classes, key + 1) };

    /// <summary>The shards of a batch of classes, equal in size but for the last.</summary>
    public static ShardBatch[] Split(ShardBatch batch, int shards)
    {
        var width = batch.Features.Length / batch.Rows;
        var size = (batch.Rows + shards - 1) / shards;
        return
        [
            .. Enumerable
                .Range(0, shards)
                .Select(s =>
                {
                    var low = Math.Min(s * size, batch.Rows);
                    var rows = Math.Min(size, batch.Rows - low);
                    return new ShardBatch(rows, batch.Features.Slice(low * width, rows * width))
                    {
                        Classes = batch.Classes.Slice(low, rows),
                        FirstSample = low,
                    };
                }),
        ];
    }
}
