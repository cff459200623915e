namespace Neptune.Collectives;

/// <summary>Why a connection or a frame was refused.</summary>
public enum LinkRefusal
{
    /// <summary>A connection did not say in time who it is.</summary>
    Timeout,

    /// <summary>A connection's greeting is no greeting, or its lengths are wrong.</summary>
    MalformedHello,

    /// <summary>The other side speaks another version of the protocol.</summary>
    Version,

    /// <summary>No group of the job and generation was joined here in time.</summary>
    UnknownGroup,

    /// <summary>Nobody here serves streams of that purpose.</summary>
    UnknownPurpose,

    /// <summary>The proof of the token is wrong: another token, or a greeting that was recorded and sent again.</summary>
    WrongToken,

    /// <summary>The rank is none that connects here, or is connected already.</summary>
    UnexpectedRank,

    /// <summary>Too many connections waited; the one that waited longest had to go.</summary>
    Overload,

    /// <summary>A frame began with other bytes than a frame does.</summary>
    FrameMagic,

    /// <summary>A frame's header does not match its checksum.</summary>
    FrameHeaderChecksum,

    /// <summary>A frame belongs to another job.</summary>
    FrameJob,

    /// <summary>A frame belongs to another generation.</summary>
    FrameGeneration,

    /// <summary>A frame claims to come from another rank.</summary>
    FrameRank,

    /// <summary>A frame belongs to another all-reduce.</summary>
    FrameSequence,

    /// <summary>A frame's length or place is none that this all-reduce has.</summary>
    FrameLength,

    /// <summary>A frame's kind, slice or tree node is none that the rank may send, or it came before.</summary>
    FrameUnexpected,

    /// <summary>A frame's values do not match their checksum.</summary>
    FramePayloadChecksum,
}
