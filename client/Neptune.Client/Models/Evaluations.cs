using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>Runs packages on a node of the cluster.</summary>
internal sealed class Evaluations(IGrainFactory grains, NodeClient nodes)
{
    /// <summary>Works on a node of the first silo that has the users' modules which the package runs, if any.</summary>
    /// <exception cref="ConflictException">There is no node.</exception>
    /// <exception cref="MissingModuleException">No silo has a module that the package runs.</exception>
    public async Task<T> OnANodeAsync<T>(Func<IEvaluationGrain, Task<T>> work)
    {
        MissingModuleException? missing = null;
        foreach (var node in (await nodes.ListAsync()).DistinctBy(n => n.Id.Host))
        {
            try
            {
                return await work(grains.GetGrain<IEvaluationGrain>($"{Guid.NewGuid():N}@{node.Id}"));
            }
            catch (MissingModuleException error)
            {
                missing = error;
            }
        }
        throw missing as NeptuneException
            ?? new ConflictException("The cluster has no node to evaluate on: start a silo.");
    }

    /// <summary>Runs a package once on tensors by name.</summary>
    /// <returns>The outputs, in the graph's order.</returns>
    /// <exception cref="InvalidInputException">An input is missing or does not fit.</exception>
    public async Task<ImmutableArray<TensorValue>> RunAsync(
        string artifact,
        IEnumerable<KeyValuePair<string, TensorValue>> inputs,
        CancellationToken cancellation
    )
    {
        var outputs = await RunNamedAsync(artifact, inputs, cancellation);
        return [.. outputs.Select(output => output.Value)];
    }

    /// <summary>The same, with the outputs' names.</summary>
    public async Task<ImmutableArray<KeyValuePair<string, TensorValue>>> RunNamedAsync(
        string artifact,
        IEnumerable<KeyValuePair<string, TensorValue>> inputs,
        CancellationToken cancellation
    )
    {
        ImmutableArray<NamedTensor> given =
        [
            .. inputs.Select(input => new NamedTensor
            {
                Name = input.Key,
                Type = input.Value.Type.ToString(),
                Shape = [.. input.Value.Shape.ToArray()],
                Bytes = input.Value.Bytes,
            }),
        ];
        var outputs = await OnANodeAsync(node => node.InferAsync(artifact, given).WaitAsync(cancellation));
        return
        [
            .. outputs.Select(output =>
                KeyValuePair.Create(
                    output.Name,
                    new TensorValue(Enum.Parse<ElementType>(output.Type), Shape.Of(output.Shape.AsSpan()), output.Bytes)
                )
            ),
        ];
    }
}
