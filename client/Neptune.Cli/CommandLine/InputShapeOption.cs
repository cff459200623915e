using System.CommandLine;
using Neptune.ModelGraph;

namespace Neptune.Cli;

/// <summary><c>--input-shape</c>: what a model file does not say itself.</summary>
internal static class InputShapeOption
{
    /// <summary>The option, for one command.</summary>
    public static Option<string?> Create() =>
        new("--input-shape")
        {
            Description =
                "A sample's lengths as the model takes them, where the file does not say them (TorchScript, sequences of any "
                + "length of TensorFlow, a Caffe net of a database): channels, height, width.",
            HelpName = "1,28,28",
        };

    /// <summary>The shape that was given; null where none was.</summary>
    public static Shape? Of(Session session, Option<string?> option)
    {
        if (session.Get(option) is not { } text)
        {
            return null;
        }
        var lengths = text.Split(',').Select(t => int.TryParse(t, out var length) ? length : 0).ToArray();
        return lengths.All(length => length > 0)
            ? Shape.Of([.. lengths.Select(length => (long)length)])
            : throw new UsageException($"--input-shape is {text}. Give a sample's lengths, such as 1,28,28.");
    }
}
