namespace Neptune.Formats;

/// <summary>The words of a code file, read one after the other.</summary>
/// <param name="tokens">The words.</param>
/// <param name="file">What errors call the file.</param>
internal sealed class ScriptTokens(List<ScriptToken> tokens, string file)
{
    // Deeper nested code is not written by PyTorch, and would exhaust the stack.
    private const int MaximumDepth = 100;

    private int _at;
    private int _depth;

    public ScriptToken Current => tokens[_at];

    public ScriptToken Next => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Passes over the current word.</summary>
    public void Skip() => _at++;

    /// <summary>Passes over the current word where it is this name or sign.</summary>
    public bool Accept(string text)
    {
        if (Current.Kind is ScriptTokenKind.Sign or ScriptTokenKind.Name && Current.Text == text)
        {
            _at++;
            return true;
        }
        return false;
    }

    public void Expect(string text)
    {
        if (!Accept(text))
        {
            throw Error($"{Shown(Current)} stands where {text} should.");
        }
    }

    public string Expect(ScriptTokenKind kind)
    {
        var token = Current;
        if (token.Kind != kind)
        {
            throw Error($"{Shown(token)} stands where a {kind} should.");
        }
        _at++;
        return token.Text;
    }

    public void EndStatement() => Expect(ScriptTokenKind.Line);

    public void SkipTo(string sign)
    {
        while (Current.Kind is not (ScriptTokenKind.Line or ScriptTokenKind.End) && Current.Text != sign)
        {
            _at++;
        }
        Expect(sign);
    }

    /// <summary>Passes over the rest of a statement, with its block.</summary>
    public void SkipStatement()
    {
        while (Current.Kind is not (ScriptTokenKind.Line or ScriptTokenKind.End))
        {
            _at++;
        }
        var depth = 0;
        while (Current.Kind != ScriptTokenKind.End)
        {
            depth += Current.Kind == ScriptTokenKind.Indent ? 1 : 0;
            if (Current.Kind == ScriptTokenKind.Dedent && --depth < 0)
            {
                return;
            }
            _at++;
            if (depth == 0 && Current.Kind != ScriptTokenKind.Indent)
            {
                return;
            }
        }
    }

    /// <summary>Begins a block or expression within another.</summary>
    /// <exception cref="ModelFileException">They are nested too deep.</exception>
    public void Enter()
    {
        if (++_depth > MaximumDepth)
        {
            throw Error($"code is nested more than {MaximumDepth} deep.");
        }
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => _depth--;

    /// <summary>A word as errors show it.</summary>
    public static string Shown(ScriptToken token) =>
        token.Kind is ScriptTokenKind.Name or ScriptTokenKind.Number or ScriptTokenKind.Sign
            ? token.Text[..Math.Min(token.Text.Length, 60)]
            : $"a {token.Kind}";

    public ModelFileException Error(string problem) => new($"{file}, line {Current.Line}: {problem}");
}
