using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A user's module that this process can make.</summary>
/// <param name="Module">Name, version, and the hash of its assembly.</param>
/// <param name="Create">Makes one with the given settings; called on a device's thread, any number of times.</param>
public sealed record RegisteredModule(
    ModuleRef Module,
    Func<IReadOnlyDictionary<string, string>, torch.nn.Module<torch.Tensor, torch.Tensor>> Create
);
