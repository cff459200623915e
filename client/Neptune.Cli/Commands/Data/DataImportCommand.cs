using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune data import</c>.</summary>
internal static class DataImportCommand
{
    private const string DefaultSize = "28x28";

    private static readonly Argument<string> Folder = new("PATH")
    {
        Description =
            "A folder with a folder of pictures for each class (in folders train and test, where there are such splits), "
            + "or with the four IDX files that MNIST comes in.",
    };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The data set's name; the folder's by default.",
        HelpName = "DATA",
    };
    private static readonly Option<(int Height, int Width)> Size = new("--size")
    {
        Description = "Pictures are resized to this.",
        HelpName = "HEIGHTxWIDTH",
        DefaultValueFactory = _ => ParseSize(DefaultSize)!.Value,
        CustomParser = ReadSize,
    };
    private static readonly Option<bool> Colour = new("--colour", "--color")
    {
        Description = "Keep red, green and blue; pictures become grey otherwise.",
    };

    public static Command Create() =>
        new Command("import", "Imports a folder of pictures, or of IDX files.") { Folder, Name, Size, Colour }.Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var folder = session.Get(Folder);
        var name = session.Get(Name) is { } given ? new DatasetName(given) : (DatasetName?)null;
        var isIdx = IsIdx(folder);
        if (isIdx && (session.IsGiven(Size) || session.IsGiven(Colour)))
        {
            throw new UsageException(
                $"'{folder}' holds IDX files, which say their size themselves. Leave out --size and --colour."
            );
        }
        await using var neptune = await session.ConnectAsync(cancellation);
        var data = isIdx
            ? await neptune.Data.IdxFolderAsync(
                folder,
                (name ?? new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))).Value,
                cancellation: cancellation
            )
            : await ImportPicturesAsync(session, neptune, folder, name?.Value, cancellation);
        DatasetWords.Show(session, data.Info);
    }

    private static Task<DatasetView> ImportPicturesAsync(
        Session session,
        NeptuneClient neptune,
        string folder,
        string? name,
        CancellationToken cancellation
    )
    {
        var (height, width) = session.Get(Size);
        return neptune.Data.ImageFolderAsync(folder, height, width, session.Get(Colour) ? 3 : 1, name, cancellation);
    }

    private static bool IsIdx(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidInputException(
                File.Exists(folder)
                    ? $"'{folder}' is a file. Give the folder that holds the pictures or IDX files."
                    : $"There is no folder '{folder}'. Give the path of a folder on this machine."
            );
        }
        return Directory.EnumerateFiles(folder).Any(f => f.Contains("-ubyte", StringComparison.Ordinal));
    }

    private static (int Height, int Width) ReadSize(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (ParseSize(text) is { } size)
        {
            return size;
        }
        result.AddError($"--size is {text}. Give HEIGHTxWIDTH in pixels, 1 to 4096 each, such as {DefaultSize}.");
        return default;
    }

    private static (int Height, int Width)? ParseSize(string text)
    {
        var sides = text.Split('x');
        return sides.Length == 2 && Side(sides[0]) is { } height && Side(sides[1]) is { } width
            ? (height, width)
            : null;

        static int? Side(string side) =>
            int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length is >= 1 and <= 4096
                ? length
                : null;
    }
}
