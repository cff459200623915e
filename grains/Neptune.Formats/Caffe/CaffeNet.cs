using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A Caffe net: all its layers, of all phases, in today's form.</summary>
internal sealed record CaffeNet
{
    /// <summary>The net as it stands in the file.</summary>
    public required CaffeMessage Message { get; init; }

    /// <summary>The file's name.</summary>
    public required string File { get; init; }

    /// <summary>The net's name; empty for none.</summary>
    public required string Name { get; init; }

    /// <summary>The layers; inputs that older files list by themselves are a layer too.</summary>
    public required ImmutableArray<CaffeLayer> Layers { get; init; }

    /// <summary>1 or 2: the form of the file's layers.</summary>
    public required int Version { get; init; }

    /// <summary>Makes a net of its message.</summary>
    /// <exception cref="ModelFileException">It is not sound, or of the oldest form.</exception>
    public static CaffeNet Of(CaffeMessage message, string file)
    {
        message.Ignore("debug_info", "force_backward");
        var (old, layers) = (message.Messages("layers").ToArray(), message.Messages("layer").ToArray());
        if (old.Length > 0 && layers.Length > 0)
        {
            throw layers[0].Place.Error("the net has layers of two forms, \"layers\" and \"layer\". Keep one.");
        }
        return new()
        {
            Message = message,
            File = file,
            Name = message.Has("name") ? message.Text("name") : "",
            Version = old.Length > 0 ? 1 : 2,
            Layers = [.. Inputs(message), .. old.Select(OfVersion1), .. layers.Select(OfVersion2)],
        };
    }

    /// <summary>The layers of a net in a state.</summary>
    public ImmutableArray<CaffeLayer> In(CaffeState state) => [.. Layers.Where(layer => layer.IsIn(state))];

    private static CaffeLayer OfVersion2(CaffeMessage layer) =>
        new()
        {
            Message = layer,
            Name = layer.Has("name") ? layer.Text("name") : "",
            Type = layer.Has("type") ? layer.Text("type") : "",
            Bottoms = [.. layer.Texts("bottom")],
            Tops = [.. layer.Texts("top")],
            Params = [.. layer.Messages("param").Select(Param)],
            Blobs = Blobs(layer),
            LossWeights = [.. layer.Reals("loss_weight")],
        };

    private static CaffeParam Param(CaffeMessage param) =>
        new(
            param.Has("name") ? param.Text("name") : "",
            param.Has("lr_mult") ? param.Real("lr_mult") : null,
            param.Has("decay_mult") ? param.Real("decay_mult") : null,
            param.Text("share_mode") == "PERMISSIVE"
        );

    private static CaffeLayer OfVersion1(CaffeMessage layer)
    {
        if (layer.Has("layer"))
        {
            throw layer.Place.Error(
                "the layer is of Caffe's oldest form (V0, before 2014), which is not read. "
                    + "Caffe's upgrade_net_proto_text and upgrade_net_proto_binary make today's form of it."
            );
        }
        var (names, modes) = (layer.Texts("param"), layer.Texts("blob_share_mode"));
        var (rates, decays) = (layer.Reals("blobs_lr"), layer.Reals("weight_decay"));
        var count = new[] { names.Length, modes.Length, rates.Length, decays.Length }.Max();
        return new()
        {
            Message = layer,
            Name = layer.Has("name") ? layer.Text("name") : "",
            Type = layer.Has("type") ? CaffeV1Types.TypeOf(layer.Text("type")) : "",
            Bottoms = [.. layer.Texts("bottom")],
            Tops = [.. layer.Texts("top")],
            Params =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new CaffeParam(
                        i < names.Length ? names[i] : "",
                        i < rates.Length ? rates[i] : null,
                        i < decays.Length ? decays[i] : null,
                        i < modes.Length && modes[i] == "PERMISSIVE"
                    )),
            ],
            Blobs = Blobs(layer),
            LossWeights = [.. layer.Reals("loss_weight")],
        };
    }

    private static ImmutableArray<ProtobufMessage> Blobs(CaffeMessage layer) =>
        [
            .. layer
                .Values("blobs")
                .Select(blob =>
                    blob.Value is ProtobufMessage message
                        ? message
                        : throw blob.Place.Error("weights as text are not read. Give them as a .caffemodel.")
                ),
        ];

    // Older files list inputs and their lengths outside of the layers.
    private static IEnumerable<CaffeLayer> Inputs(CaffeMessage net)
    {
        var names = net.Texts("input");
        var (shapes, lengths) = (net.Messages("input_shape").ToArray(), net.Wholes("input_dim"));
        if (names.Length == 0)
        {
            return [];
        }
        if (shapes.Length > 0 && lengths.Length > 0)
        {
            throw net.PlaceOf("input_dim").Error("the inputs have both input_shape and input_dim. Keep one.");
        }
        var areFew =
            shapes.Length > 0 ? shapes.Length < names.Length : lengths.Length > 0 && lengths.Length < 4 * names.Length;
        if (areFew)
        {
            throw net.PlaceOf("input")
                .Error(
                    $"there are {names.Length} inputs, and lengths of fewer. Give input_shape, or four input_dim, for each."
                );
        }
        var message = new CaffeMessage(CaffeSchema.Of("LayerParameter"), net.PlaceOf("input"));
        var settings = new CaffeMessage(CaffeSchema.Of("InputParameter"), net.PlaceOf("input"));
        for (var i = 0; i < names.Length && shapes.Length + lengths.Length > 0; i++)
        {
            var shape = shapes.Length > 0 ? shapes[i] : Shape(lengths.AsSpan(4 * i, 4), net.PlaceOf("input_dim"));
            settings.Add(settings.Type.Find("shape")!, new(shape, shape.Place));
        }
        message.Add(message.Type.Find("input_param")!, new(settings, settings.Place));
        return
        [
            new()
            {
                Message = message,
                Name = "input",
                Type = "Input",
                Bottoms = [],
                Tops = [.. names],
            },
        ];
    }

    private static CaffeMessage Shape(ReadOnlySpan<long> lengths, CaffePlace place)
    {
        var shape = new CaffeMessage(CaffeSchema.Of("BlobShape"), place);
        foreach (var length in lengths)
        {
            shape.Add(shape.Type.Find("dim")!, new(length, place));
        }
        return shape;
    }
}
