namespace Neptune.Collectives.Tests;

/// <summary>Runs one thread for each rank and gathers what they throw.</summary>
internal static class Ranks
{
    public static Exception?[] Run(int worldSize, Action<int> body)
    {
        var errors = new Exception?[worldSize];
        var threads = Enumerable
            .Range(0, worldSize)
            .Select(rank => new Thread(() =>
            {
                try
                {
                    body(rank);
                }
                catch (Exception e)
                {
                    errors[rank] = e;
                }
            }))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "A rank still waits after a minute.");
        return errors;
    }

    public static void RunAll(int worldSize, Action<int> body)
    {
        foreach (var error in Run(worldSize, body))
            Assert.Null(error);
    }
}
