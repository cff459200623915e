namespace Neptune.Torch;

/// <summary>A buffer that becomes <c>buffer * Momentum + batch * (1 - Momentum)</c> at each step.</summary>
/// <param name="Input">Which input of the operation the buffer is.</param>
/// <param name="Momentum">ONNX's momentum: the share of the old value.</param>
internal readonly record struct RunningStatistic(int Input, float Momentum);
