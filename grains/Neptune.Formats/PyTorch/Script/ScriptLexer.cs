using System.Text;

namespace Neptune.Formats;

/// <summary>Splits TorchScript's code, a small part of Python's syntax, into words.</summary>
internal sealed class ScriptLexer
{
    private static readonly string[] LongSigns = ["->", "==", "!=", "<=", ">=", "//", "**", "<<", ">>"];

    private readonly string _text;
    private readonly string _file;
    private readonly List<ScriptToken> _tokens = [];
    private readonly Stack<int> _indents = new([0]);
    private int _at;
    private int _line = 1;
    private int _brackets;

    private ScriptLexer(string text, string file) => (_text, _file) = (text, file);

    /// <summary>The words of a file, the end last.</summary>
    /// <param name="text">The code.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is not such code.</exception>
    public static List<ScriptToken> Split(string text, string file) => new ScriptLexer(text, file).Split();

    private List<ScriptToken> Split()
    {
        var begins = true;
        while (_at < _text.Length)
        {
            if (begins && _brackets == 0)
            {
                begins = false;
                if (!ReadIndent())
                {
                    begins = true;
                    continue;
                }
            }
            var letter = _text[_at];
            if (letter == '\n')
            {
                begins = EndLine();
            }
            else if (letter is ' ' or '\r' or '\t')
            {
                _at++;
            }
            else if (letter == '#')
            {
                SkipToLineEnd();
            }
            else
            {
                ReadWord(letter);
            }
        }
        if (_tokens is [.., { Kind: not ScriptTokenKind.Line }])
        {
            Add(ScriptTokenKind.Line, "");
        }
        while (_indents.Count > 1)
        {
            _indents.Pop();
            Add(ScriptTokenKind.Dedent, "");
        }
        Add(ScriptTokenKind.End, "");
        return _tokens;
    }

    // False for a line with nothing on it, which is passed over.
    private bool ReadIndent()
    {
        var begin = _at;
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
        var depth = _at - begin;
        if (_at == _text.Length || _text[_at] is '\n' or '\r' or '#')
        {
            SkipToLineEnd();
            _line++;
            _at = Math.Min(_at + 1, _text.Length);
            return false;
        }
        if (depth > _indents.Peek())
        {
            _indents.Push(depth);
            Add(ScriptTokenKind.Indent, "");
        }
        while (depth < _indents.Peek())
        {
            _indents.Pop();
            Add(ScriptTokenKind.Dedent, "");
        }
        return depth == _indents.Peek() ? true : throw Error("a line is indented like none before it.");
    }

    private bool EndLine()
    {
        _at++;
        if (_brackets == 0)
        {
            Add(ScriptTokenKind.Line, "");
        }
        _line++;
        return _brackets == 0;
    }

    private void SkipToLineEnd()
    {
        var end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
    }

    private void ReadWord(char letter)
    {
        if (letter is '"' or '\'')
        {
            ReadText(letter);
        }
        else if (char.IsAsciiLetter(letter) || letter == '_')
        {
            Add(ScriptTokenKind.Name, TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        }
        else if (
            char.IsAsciiDigit(letter) || (letter == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))
        )
        {
            ReadNumber();
        }
        else
        {
            ReadSign(letter);
        }
    }

    private void ReadNumber()
    {
        var number = new StringBuilder(TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '.'));
        // The sign of an exponent belongs to the number.
        if (number[^1] is 'e' or 'E' && _at < _text.Length && _text[_at] is '+' or '-')
        {
            number.Append(_text[_at++]).Append(TakeWhile(char.IsAsciiDigit));
        }
        Add(ScriptTokenKind.Number, number.ToString());
    }

    private void ReadText(char quote)
    {
        var text = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (_at >= _text.Length || _text[_at] == '\n')
            {
                throw Error("a text has no end.");
            }
            if (_text[_at] == quote)
            {
                break;
            }
            // No text is ever more than compared or shown: what an escape stands for does not matter.
            text.Append(_text[_at]);
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                text.Append(_text[++_at]);
            }
        }
        _at++;
        Add(ScriptTokenKind.Text, text.ToString());
    }

    private void ReadSign(char letter)
    {
        var sign =
            LongSigns.FirstOrDefault(s => string.CompareOrdinal(_text, _at, s, 0, s.Length) == 0) ?? letter.ToString();
        if (sign.Length == 1 && !"()[]{},:.=+-*/%<>@|&~^".Contains(letter, StringComparison.Ordinal))
        {
            throw Error($"the character U+{(int)letter:X4} is not of TorchScript.");
        }
        _brackets += letter is '(' or '[' or '{' ? 1 : 0;
        _brackets -= letter is ')' or ']' or '}' && _brackets > 0 ? 1 : 0;
        _at += sign.Length;
        Add(ScriptTokenKind.Sign, sign);
    }

    private string TakeWhile(Func<char, bool> accepts)
    {
        var begin = _at;
        while (_at < _text.Length && accepts(_text[_at]))
        {
            _at++;
        }
        return _text[begin.._at];
    }

    private void Add(ScriptTokenKind kind, string text) => _tokens.Add(new(kind, text, _line));

    private ModelFileException Error(string problem) => new($"{_file}, line {_line}: {problem}");
}
