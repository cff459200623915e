namespace Neptune.Formats;

/// <summary>Layers that give a net its data: inputs of the graph.</summary>
internal static class CaffeDataLayers
{
    private const string Transformed =
        "its shape is given at import; transform_param: scale, mean_value, mean_file in the same folder (crop_size and mirror are noted)";

    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            Data("Data", Transformed),
            Data("DummyData", "shape, or num, channels, height and width"),
            Data("HDF5Data", "its shape is given at import"),
            Data("ImageData", "new_height, new_width, is_color; else as Data"),
            Data("Input", "shape; also as input, input_dim and input_shape of the net"),
            Data("MemoryData", "batch_size, channels, height, width; else as Data"),
            Data("WindowData", Transformed),
        ];

    private static CaffeLayerDefinition Data(string type, string settings) =>
        new(type, "", settings)
        {
            IsData = true,
            Bottoms = (0, 0),
            MostTops = int.MaxValue,
        };
}
