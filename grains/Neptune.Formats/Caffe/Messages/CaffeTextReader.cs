using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Reads messages in protocol buffers' text form (https://protobuf.dev/reference/protobuf/textformat-spec/).</summary>
internal sealed class CaffeTextReader
{
    private static readonly string[] Small =
    [
        "BlobShape",
        "FillerParameter",
        "NetParameter",
        "NetState",
        "NetStateRule",
        "ParamSpec",
        "SolverParameter",
    ];

    private readonly CaffeLexer _lexer;

    private CaffeTextReader(string text, string file) => _lexer = new(text, file);

    /// <summary>Reads a whole text.</summary>
    /// <exception cref="ModelFileException">It is no sound message of that type; the error says line and column.</exception>
    public static CaffeMessage Read(string text, string file, CaffeMessageType type)
    {
        var reader = new CaffeTextReader(text, file);
        var message = new CaffeMessage(type, new(file, 1, 1));
        reader.ReadFields(message, null, 0);
        return message;
    }

    /// <summary>The names of the fields of a text's outermost message, whatever its type; it is not checked.</summary>
    public static HashSet<string> NamesOf(string text, string file)
    {
        var reader = new CaffeTextReader(text, file);
        var message = new CaffeMessage(new("a message of any type", []), new(file, 1, 1));
        reader.ReadFields(message, null, 0);
        return message.Unknown.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
    }

    private void ReadFields(CaffeMessage message, char? end, int depth)
    {
        while (true)
        {
            var token = _lexer.Take();
            if (end is { } close ? token.Is(close) : token.Kind == CaffeTokenKind.End)
            {
                return;
            }
            if (token.Is(';') || token.Is(','))
            {
                continue;
            }
            if (token.Is('['))
            {
                ReadExtension(message, token, depth);
                continue;
            }
            if (token.Kind != CaffeTokenKind.Name)
            {
                throw token.Place.Error(
                    $"{token} stands here, and the name of a field of {message.Type.Name} must"
                        + (end is { } mark ? $", or {mark} behind the message that began at {message.Place}." : ".")
                );
            }
            if (message.Type.Find(token.Text) is not { } field)
            {
                RefuseWithinSmall(message, token);
                message.AddUnknown(token.Text, token.Place);
                SkipField(depth);
                continue;
            }
            ReadField(message, field, token.Place, depth);
        }
    }

    // Layers and their settings may have fields of other versions, which matter where the layer is used. These may not.
    private static void RefuseWithinSmall(CaffeMessage message, CaffeToken name)
    {
        if (Small.Contains(message.Type.Name))
        {
            throw name.Place.Error(
                $"{name.Text} is no field of {message.Type.Name}. {NearestNames.Offer(name.Text, message.Type.FieldNames)}"
            );
        }
    }

    private void ReadExtension(CaffeMessage message, CaffeToken first, int depth)
    {
        var name = new StringBuilder("[");
        while (!_lexer.Next.Is(']') && _lexer.Next.Kind != CaffeTokenKind.End)
        {
            name.Append(_lexer.Take().Text);
        }
        _lexer.TryTake(']');
        message.AddUnknown(name.Append(']').ToString(), first.Place);
        SkipField(depth);
    }

    private void ReadField(CaffeMessage message, CaffeField field, CaffePlace place, int depth)
    {
        if (!field.IsRepeated && message.Names.Contains(field.Name))
        {
            throw place.Error($"{field.Name} stands twice in {message.Type.Name}, and may stand once. Take one out.");
        }
        var hasColon = _lexer.TryTake(':');
        if (!hasColon && field.Kind != CaffeFieldKind.Message)
        {
            throw _lexer.Next.Place.Error($"{_lexer.Next} stands here, and a colon must behind {field.Name}.");
        }
        if (field.IsRepeated && _lexer.TryTake('['))
        {
            while (!_lexer.TryTake(']'))
            {
                message.Add(field, Value(field, depth));
                if (!_lexer.TryTake(',') && !_lexer.Next.Is(']'))
                {
                    throw _lexer.Next.Place.Error(
                        $"{_lexer.Next} stands here, and a comma or ] must, in the list {field.Name}."
                    );
                }
            }
            return;
        }
        message.Add(field, Value(field, depth));
    }

    private CaffeValue Value(CaffeField field, int depth)
    {
        var place = _lexer.Next.Place;
        if (field.Kind == CaffeFieldKind.Message)
        {
            return new(Message(field, depth), place);
        }
        var token = _lexer.Take();
        object? value = field.Kind switch
        {
            CaffeFieldKind.Text when token.Kind == CaffeTokenKind.Text => Joined(token.Text),
            CaffeFieldKind.Flag => Flag(token),
            CaffeFieldKind.Choice => Choice(field, token),
            CaffeFieldKind.Real => CaffeNumber.Real(token),
            CaffeFieldKind.Whole => CaffeNumber.Whole(token),
            CaffeFieldKind.Count => CaffeNumber.Whole(token) is >= 0 and var count ? count : null,
            _ => null,
        };
        return value is not null
            ? new(value, place)
            : throw place.Error($"{token} stands here, and {field.Name} must be {Wanted(field)}.");
    }

    private CaffeMessage Message(CaffeField field, int depth)
    {
        if (depth == ProtobufReader.DepthLimit)
        {
            throw _lexer.Next.Place.Error(
                $"{field.Name} lies more than {ProtobufReader.DepthLimit} messages deep. No sound net is nested so deeply."
            );
        }
        var open = _lexer.Take();
        if (!open.Is('{') && !open.Is('<'))
        {
            throw open.Place.Error($"{open} stands here, and {field.Name} must be a message in braces.");
        }
        var message = new CaffeMessage(CaffeSchema.Of(field.MessageType), open.Place);
        ReadFields(message, open.Is('{') ? '}' : '>', depth + 1);
        return message;
    }

    // Texts that follow one another are one.
    private string Joined(string first)
    {
        if (_lexer.Next.Kind != CaffeTokenKind.Text)
        {
            return first;
        }
        var text = new StringBuilder(first);
        while (_lexer.Next.Kind == CaffeTokenKind.Text)
        {
            text.Append(_lexer.Take().Text);
        }
        return text.ToString();
    }

    private static object? Flag(CaffeToken token) =>
        token.Text switch
        {
            "true" or "True" or "t" or "1" when token.Kind != CaffeTokenKind.Text => true,
            "false" or "False" or "f" or "0" when token.Kind != CaffeTokenKind.Text => false,
            _ => null,
        };

    private static string? Choice(CaffeField field, CaffeToken token)
    {
        var number = CaffeNumber.Whole(token);
        return token.Kind == CaffeTokenKind.Text
            ? null
            : field.Choices.Where(c => c.Name == token.Text || c.Number == number).Select(c => c.Name).FirstOrDefault();
    }

    private static string Wanted(CaffeField field) =>
        field.Kind switch
        {
            CaffeFieldKind.Text => "a text in quotes",
            CaffeFieldKind.Flag => "true or false",
            CaffeFieldKind.Choice => string.Join(", ", field.Choices.SkipLast(1).Select(c => c.Name))
                + $" or {field.Choices[^1].Name}",
            CaffeFieldKind.Real => "a number",
            CaffeFieldKind.Count => "a whole number from 0",
            _ => "a whole number",
        };

    // A field that is not known: a value, a list or a message, of any form.
    private void SkipField(int depth)
    {
        _lexer.TryTake(':');
        if (!_lexer.TryTake('['))
        {
            SkipValue(depth);
            return;
        }
        while (!_lexer.TryTake(']'))
        {
            SkipValue(depth);
            _lexer.TryTake(',');
        }
    }

    private void SkipValue(int depth)
    {
        var token = _lexer.Take();
        if (token.Is('{') || token.Is('<'))
        {
            if (depth == ProtobufReader.DepthLimit)
            {
                throw token.Place.Error($"a message lies more than {ProtobufReader.DepthLimit} messages deep.");
            }
            ReadFields(new(new("a message that is not known", []), token.Place), token.Is('{') ? '}' : '>', depth + 1);
        }
        else if (token.Kind is CaffeTokenKind.End or CaffeTokenKind.Mark)
        {
            throw token.Place.Error($"{token} stands here, and a value must.");
        }
        else if (token.Kind == CaffeTokenKind.Text)
        {
            Joined("");
        }
    }
}
