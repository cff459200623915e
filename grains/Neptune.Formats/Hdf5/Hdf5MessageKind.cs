namespace Neptune.Formats;

/// <summary>The messages of an object's header that are read (IV.A.2 of the specification).</summary>
internal enum Hdf5MessageKind
{
    /// <summary>Lengths of a dataset or attribute.</summary>
    Dataspace = 0x01,

    /// <summary>Where a group's links lie, in the newer form.</summary>
    LinkInfo = 0x02,

    /// <summary>What an element is.</summary>
    Datatype = 0x03,

    /// <summary>A link of a group, in the newer form.</summary>
    Link = 0x06,

    /// <summary>Elements in other files.</summary>
    ExternalFiles = 0x07,

    /// <summary>Where a dataset's elements lie.</summary>
    Layout = 0x08,

    /// <summary>How chunks are packed.</summary>
    Filters = 0x0B,

    /// <summary>An attribute.</summary>
    Attribute = 0x0C,

    /// <summary>Where more messages lie.</summary>
    Continuation = 0x10,

    /// <summary>Where a group's links lie, in the older form.</summary>
    SymbolTable = 0x11,

    /// <summary>Where attributes lie that are not in the header.</summary>
    AttributeInfo = 0x15,
}
