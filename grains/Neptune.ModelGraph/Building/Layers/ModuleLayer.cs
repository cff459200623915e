namespace Neptune.ModelGraph;

internal sealed record ModuleLayer(Graph Module, bool ChannelsFirst, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "module";

    /// <summary>True where it keeps running statistics.</summary>
    internal bool HasStatistics => !ModuleOperation.Of(Only()).Statistics.IsEmpty;

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        var operation = Only();
        var module = ModuleOperation.Of(operation);
        var value = ChannelsFirst ? scope.Image(input) : scope.Builder.ToChannelsLast(input);
        var (given, wanted) = (value.Type.Shape.WithoutFirst(), Module.Inputs[0].Shape.WithoutFirst());
        if (given != wanted)
        {
            throw scope.Error(
                $"module {module.Module} was described for samples of shape {wanted}, and its input here has shape {given}. "
                    + "Describe it for that shape."
            );
        }
        var parameters = Module.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var tensors = module.Tensors.Select(
            (name, i) =>
            {
                var parameter = parameters[operation.Inputs[i + 1]];
                return scope.Parameter(name, parameter.Shape, parameter.Initializer, parameter.Trainable);
            }
        );
        return scope.Operation(
            ModuleOperation.Type,
            [value.Name, .. tensors],
            channelsFirst: false,
            [.. module.ToAttributes().Select(a => (a.Key, a.Value))]
        );
    }

    private Operation Only() =>
        Module.Operations is [{ Type: ModuleOperation.Type } operation]
            ? operation
            : throw new GraphException(
                $"Graph {Module.Name} is no module's: it has {Module.Operations.Length} operations. Take the graph that Neptune "
                    + "gives for the module."
            );

    /// <inheritdoc/>
    public override string ToString() => $"Module({ModuleOperation.Of(Only()).Module.Name})";
}
