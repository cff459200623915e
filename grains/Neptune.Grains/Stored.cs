namespace Neptune.Grains;

/// <summary>What a grain keeps in storage: nothing until the first write.</summary>
[GenerateSerializer, Alias("neptune.stored`1")]
internal sealed class Stored<T>
    where T : class
{
    /// <summary>The kept value.</summary>
    [Id(0)]
    public T? Value { get; set; }
}
