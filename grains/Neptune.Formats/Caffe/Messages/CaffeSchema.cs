using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;

namespace Neptune.Formats;

/// <summary>
/// The messages that Caffe's files consist of: names, numbers, kinds and defaults of their fields, as
/// https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto defines them. One line a message:
/// <c>name number kind</c>, a star where a field is repeated, and its default; a choice lists <c>name:number</c>, and
/// <c>@</c> names another message.
/// </summary>
internal static partial class CaffeSchema
{
    private static readonly FrozenDictionary<string, CaffeMessageType> Types = Read(Nets + '\n' + Settings)
        // Weights stay slices of the file, and the oldest layers are refused: neither is looked into.
        .Append(new("BlobProto", []))
        .Append(new("V0LayerParameter", []))
        .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>A whole net.</summary>
    public static CaffeMessageType Net { get; } = Of("NetParameter");

    /// <summary>How a net is trained.</summary>
    public static CaffeMessageType Solver { get; } = Of("SolverParameter");

    /// <summary>The type of that name.</summary>
    public static CaffeMessageType Of(string name) => Types[name];

    private static IEnumerable<CaffeMessageType> Read(string text)
    {
        string? name = null;
        var fields = new List<CaffeField>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.EndsWith(':'))
            {
                fields.AddRange(line.Split(';', Trimmed).Select(Field));
                continue;
            }
            if (name is not null)
            {
                yield return new(name, fields);
            }
            name = line[..^1];
            fields = [];
        }
        yield return new(name!, fields);
    }

    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private static CaffeField Field(string text)
    {
        var parts = text.Split('=', 2);
        var words = parts[0].Split(' ', Trimmed);
        var isRepeated = words[2].EndsWith('*');
        var kind = words[2].TrimEnd('*');
        (string Name, int Number)[] choices = kind switch
        {
            "V1" => [.. CaffeV1Types.All.Select(type => (type.Name, type.Number))],
            _ when kind.Contains(':') =>
            [
                .. kind.Split('|')
                    .Select(c => c.Split(':'))
                    .Select(c => (c[0], int.Parse(c[1], CultureInfo.InvariantCulture))),
            ],
            _ => [],
        };
        var what = kind switch
        {
            "text" => CaffeFieldKind.Text,
            "whole" => CaffeFieldKind.Whole,
            "count" => CaffeFieldKind.Count,
            "real" => CaffeFieldKind.Real,
            "flag" => CaffeFieldKind.Flag,
            ['@', ..] => CaffeFieldKind.Message,
            _ => CaffeFieldKind.Choice,
        };
        return new(
            words[0],
            int.Parse(words[1], CultureInfo.InvariantCulture),
            what,
            isRepeated,
            parts.Length == 2 ? Default(what, parts[1].Trim()) : null,
            what == CaffeFieldKind.Message ? kind[1..] : "",
            [.. choices]
        );
    }

    private static object Default(CaffeFieldKind kind, string text) =>
        kind switch
        {
            CaffeFieldKind.Text or CaffeFieldKind.Choice => text,
            CaffeFieldKind.Whole or CaffeFieldKind.Count => long.Parse(text, CultureInfo.InvariantCulture),
            CaffeFieldKind.Real => float.Parse(text, CultureInfo.InvariantCulture),
            CaffeFieldKind.Flag => text == "true",
            _ => throw new UnreachableException($"{kind} has no default."),
        };
}
