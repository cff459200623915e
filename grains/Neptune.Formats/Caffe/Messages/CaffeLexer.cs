using System.Globalization;
using System.Text;

namespace Neptune.Formats;

/// <summary>Cuts a protocol buffer text into words (https://protobuf.dev/reference/protobuf/textformat-spec/).</summary>
internal sealed class CaffeLexer
{
    private readonly string _text;
    private readonly string _file;
    private int _position;
    private int _line = 1;
    private int _lineStart;

    public CaffeLexer(string text, string file)
    {
        _text = text;
        _file = file;
        Next = Read();
    }

    /// <summary>The word that comes next.</summary>
    public CaffeToken Next { get; private set; }

    /// <summary>Takes the next word.</summary>
    public CaffeToken Take()
    {
        var token = Next;
        Next = Read();
        return token;
    }

    /// <summary>Takes the next word if it is this mark.</summary>
    public bool TryTake(char mark)
    {
        if (!Next.Is(mark))
        {
            return false;
        }
        Take();
        return true;
    }

    private char Current => _position < _text.Length ? _text[_position] : '\0';

    private CaffePlace Here => new(_file, _line, _position - _lineStart + 1);

    private CaffeToken Read()
    {
        SkipSpace();
        var place = Here;
        if (_position == _text.Length)
        {
            return new(CaffeTokenKind.End, "", place);
        }
        var first = _text[_position];
        if (first is '"' or '\'')
        {
            return new(CaffeTokenKind.Text, Quoted(first, place), place);
        }
        var start = _position;
        if (char.IsAsciiLetter(first) || first == '_')
        {
            SkipWord(isNumber: false);
            return new(CaffeTokenKind.Name, _text[start.._position], place);
        }
        if (char.IsAsciiDigit(first) || first is '-' or '+' or '.')
        {
            _position++;
            SkipBlanksBehindSign(first);
            SkipWord(isNumber: true);
            var word = _text[start.._position];
            return new(CaffeTokenKind.Number, first == '-' ? "-" + word[1..].TrimStart() : word, place);
        }
        _position++;
        return new(CaffeTokenKind.Mark, first.ToString(), place);
    }

    private void SkipBlanksBehindSign(char sign)
    {
        while (sign == '-' && Current is ' ' or '\t')
        {
            _position++;
        }
    }

    // A number goes on behind a sign in its exponent; -inf is one too.
    private void SkipWord(bool isNumber)
    {
        while (
            char.IsAsciiLetterOrDigit(Current)
            || Current == '_'
            || (isNumber && (Current == '.' || (Current is '-' or '+' && _text[_position - 1] is 'e' or 'E')))
        )
        {
            _position++;
        }
    }

    private void SkipSpace()
    {
        for (; _position < _text.Length; _position++)
        {
            var c = _text[_position];
            if (c == '\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
            else if (c == '#')
            {
                var end = _text.IndexOf('\n', _position);
                _position = (end < 0 ? _text.Length : end) - 1;
            }
            else if (!char.IsWhiteSpace(c) && c != '\uFEFF')
            {
                return;
            }
        }
    }

    private string Quoted(char quote, CaffePlace place)
    {
        var result = new StringBuilder();
        for (_position++; ; _position++)
        {
            var c = Current;
            if (_position >= _text.Length || c == '\n')
            {
                throw place.Error("a text begins here, and its line ends before the closing quote. Close it.");
            }
            if (c == quote)
            {
                _position++;
                return result.ToString();
            }
            result.Append(c == '\\' ? Escape() : c.ToString());
        }
    }

    // Stands at the backslash, and stops at the escape's last character.
    private string Escape()
    {
        var place = Here;
        _position++;
        var c = Current;
        switch (c)
        {
            case 'a':
                return "\a";
            case 'b':
                return "\b";
            case 'f':
                return "\f";
            case 'n':
                return "\n";
            case 'r':
                return "\r";
            case 't':
                return "\t";
            case 'v':
                return "\v";
            case '\\' or '\'' or '"' or '?':
                return c.ToString();
            case 'x' or 'X':
                return Digits(place, 1, 2, 16);
            case 'u':
                return Digits(place, 4, 4, 16);
            case 'U':
                return Digits(place, 8, 8, 16);
            case >= '0' and <= '7':
                _position--;
                return Digits(place, 1, 3, 8);
            default:
                throw place.Error($"\\{c} is no escape. Write \\\\ for a backslash.");
        }
    }

    private string Digits(CaffePlace place, int least, int most, int radix)
    {
        var (value, count) = (0, 0);
        while (
            count < most
            && _position + 1 < _text.Length
            && int.TryParse(
                _text.AsSpan(_position + 1, 1),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var digit
            )
            && digit < radix
        )
        {
            value = (value * radix) + digit;
            _position++;
            count++;
        }
        return count >= least && Rune.IsValid(value)
            ? new Rune(value).ToString()
            : throw place.Error("this escape stands for no character. Write the character itself.");
    }
}
