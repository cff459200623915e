using System.Collections.Frozen;
using System.Globalization;

namespace Neptune.Formats;

/// <summary>
/// Looks through code that libtorch is to run. Its interpreter calls operators of libtorch alone; refused are those of them that
/// reach files, processes, threads or what all models share, and loops that nothing ends. That is no prison: operators trust
/// the numbers they are given, so that only code whose origin is known should be run.
/// </summary>
internal static class OpaqueCode
{
    // More passes than a model makes over a sequence or its layers.
    private const long MostPasses = 1_000_000;

    // aten::save and aten::from_file take the name of a file; the others change what all models of a process share, or start
    // threads and calls to other processes.
    private static readonly FrozenSet<string> Refused = FrozenSet.ToFrozenSet(
        [
            "from_file",
            "save",
            "manual_seed",
            "seed",
            "set_grad_enabled",
            "fork",
            "awaitable",
            "rpc_async",
            "rpc_sync",
            "rpc_remote",
        ],
        StringComparer.Ordinal
    );

    // Names behind "ops.": operators of libtorch that compute.
    private static readonly FrozenSet<string> Libraries = FrozenSet.ToFrozenSet(
        ["aten", "prim", "quantized"],
        StringComparer.Ordinal
    );

    /// <summary>Checks the words of a code file.</summary>
    /// <param name="words">The code.</param>
    /// <param name="where">What errors call the file.</param>
    /// <exception cref="ModelFileException">It must not be run; the message gives line and word.</exception>
    public static void Check(IReadOnlyList<ScriptToken> words, string where)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (Problem(words, i) is { } problem)
            {
                throw new ModelFileException(
                    $"{where}, line {words[i].Line}: {problem}, which is not run. Take it out of the model, and save that again."
                );
            }
        }
    }

    /// <summary>How many tensors the forward of a class gives, by its declaration; 0 where it declares something else.</summary>
    public static int OutputsOf(IReadOnlyList<ScriptToken> words, string className, string where)
    {
        var tokens = new ScriptTokens([.. words], where);
        var isClass = false;
        while (tokens.Current.Kind != ScriptTokenKind.End)
        {
            if (tokens.Accept("class"))
            {
                isClass = tokens.Expect(ScriptTokenKind.Name) == className;
            }
            else if (isClass && tokens.Accept("def") && tokens.Accept("forward"))
            {
                tokens.SkipTo("->");
                return Count(tokens);
            }
            else
            {
                tokens.Skip();
            }
        }
        return 0;
    }

    private static int Count(ScriptTokens tokens)
    {
        if (tokens.Accept("Tensor"))
        {
            return 1;
        }
        if (!tokens.Accept("Tuple"))
        {
            return 0;
        }
        tokens.Expect("[");
        var count = 0;
        while (tokens.Accept("Tensor"))
        {
            count++;
            tokens.Accept(",");
        }
        return tokens.Accept("]") ? count : 0;
    }

    private static string? Problem(IReadOnlyList<ScriptToken> words, int at)
    {
        var word = words[at];
        switch (word.Kind)
        {
            case ScriptTokenKind.Name when word.Text == "while":
                return "while is a loop that nothing ends for sure";
            case ScriptTokenKind.Name when word.Text == "range" && Passes(words, at) > MostPasses:
                return $"a loop makes more than {MostPasses} passes";
            case ScriptTokenKind.Name when Refused.Contains(word.Text):
                return $"{word.Text} reaches out of the model";
            // Members can be asked for by a text, whose escapes could hide the name.
            case ScriptTokenKind.Text
                when Refused.Contains(word.Text) || (word.Text.Contains('\\') && IsMember(words, at)):
                return $"the text {word.Text} may stand for a function that reaches out of the model";
            case ScriptTokenKind.Name
                when word.Text == "ops" && Behind(words, at) is { } library && !Libraries.Contains(library):
                return $"ops.{library} is no library of operators that compute";
            case ScriptTokenKind.Name when word.Text == "classes" && at > 1 && words[at - 2].Text == "torch":
                return "torch.classes holds objects of other libraries";
            default:
                return null;
        }
    }

    private static string? Behind(IReadOnlyList<ScriptToken> words, int at) =>
        at + 2 < words.Count && words[at + 1].Text == "." ? words[at + 2].Text : null;

    private static bool IsMember(IReadOnlyList<ScriptToken> words, int at)
    {
        var line = words[at].Line;
        for (var i = at; i >= 0 && words[i].Line == line; i--)
        {
            if (words[i] is { Kind: ScriptTokenKind.Name, Text: "getattr" })
            {
                return true;
            }
        }
        return false;
    }

    // The greatest number within the brackets behind range.
    private static double Passes(IReadOnlyList<ScriptToken> words, int at)
    {
        var most = 0.0;
        for (var i = at + 1; i < words.Count && words[i].Text is not (")" or ":"); i++)
        {
            if (
                words[i].Kind == ScriptTokenKind.Number
                && double.TryParse(words[i].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            )
            {
                most = Math.Max(most, number);
            }
        }
        return most;
    }
}
