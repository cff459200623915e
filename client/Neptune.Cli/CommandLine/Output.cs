using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Neptune.Cli;

/// <summary>
/// Where a command writes: in words to standard output, or with <c>--json</c> objects to standard output and words to
/// standard error. Escape codes only go to a terminal, and not where <c>NO_COLOR</c> is set.
/// </summary>
internal sealed class Output
{
    // Lines for pipes are never wrapped: a program reads them.
    private const int PipeWidth = 4096;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _writing = new();

    public Output(bool json)
    {
        IsJson = json;
        IsRich = !json && CanBeRich(Console.IsOutputRedirected);
        Words = json ? NewConsole(Console.Error, rich: false) : NewConsole(Console.Out, IsRich);
        Errors = NewConsole(Console.Error, CanBeRich(Console.IsErrorRedirected));
    }

    /// <summary>True where standard output is for programs.</summary>
    public bool IsJson { get; }

    /// <summary>True where words may move and have colours.</summary>
    public bool IsRich { get; }

    /// <summary>For progress and results in words.</summary>
    public IAnsiConsole Words { get; }

    /// <summary>For errors.</summary>
    public IAnsiConsole Errors { get; }

    /// <summary>Writes an object where standard output is for programs.</summary>
    public void Event(object line)
    {
        if (IsJson)
        {
            lock (_writing)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(line, JsonOptions));
                Console.Out.Flush();
            }
        }
    }

    /// <summary>Writes a line of words as it is: a terminal wraps it without breaking what people copy.</summary>
    public void Line(string text = "") => Words.Profile.Out.Writer.WriteLine(text);

    /// <summary>Writes a line above what moves in a terminal.</summary>
    public void LineAbove(string text) => Words.WriteLine(text);

    /// <summary>Writes a line of words, its markup interpreted where the terminal can, values escaped.</summary>
    public void Marked(FormattableString markup) => Words.MarkupLineInterpolated(markup);

    /// <summary>A table in this output's manner: with rules in a terminal, plain columns in a pipe.</summary>
    public Table NewTable(params IEnumerable<string> columns)
    {
        var table = new Table { Border = IsRich ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }
        return table;
    }

    private static bool CanBeRich(bool redirected) =>
        !redirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static IAnsiConsole NewConsole(TextWriter writer, bool rich)
    {
        var console = AnsiConsole.Create(
            new()
            {
                Ansi = rich ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = rich ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = rich ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        if (!rich)
        {
            console.Profile.Width = PipeWidth;
        }
        return console;
    }
}
