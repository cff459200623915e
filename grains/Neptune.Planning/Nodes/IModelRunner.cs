using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>A model that is loaded on a device.</summary>
public interface IModelRunner : IAsyncDisposable
{
    /// <summary>Answers for each sample.</summary>
    /// <exception cref="InvalidInputException">A sample does not fit; the message gives the shapes.</exception>
    Task<ImmutableArray<Prediction>> PredictAsync(PredictionRequest request, CancellationToken cancellation);
}
