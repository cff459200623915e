namespace Neptune.Formats;

/// <summary>A tensor that belongs to a module, as TorchScript's code holds it.</summary>
/// <param name="Name">Its name with the module's path, as in a state_dict.</param>
/// <param name="Tensor">Its elements.</param>
/// <param name="Trainable">False for a buffer.</param>
/// <param name="Transposed">True where the code reads the matrix transposed.</param>
internal sealed record ScriptParameter(string Name, PickledTensor Tensor, bool Trainable, bool Transposed = false);
