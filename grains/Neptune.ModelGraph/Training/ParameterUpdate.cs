namespace Neptune.ModelGraph;

/// <summary>How one parameter is trained unlike the others.</summary>
/// <param name="RateFactor">Times the optimizer's learning rate; 0 keeps the parameter as it is.</param>
/// <param name="L2">This times the weight is added to its mean gradient: the gradient of L2 / 2 times the squared weight.</param>
/// <param name="L1">This times the weight's sign is added to its mean gradient: the gradient of L1 times the absolute weight.</param>
public sealed record ParameterUpdate(float RateFactor = 1, float L2 = 0, float L1 = 0);
