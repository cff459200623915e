using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Neptune.Collectives;

/// <summary>
/// How two ends of a new connection prove to each other that they hold the same token, without sending it. Pure.
/// </summary>
/// <remarks>
/// All numbers little-endian. Challenge, by the acceptor: magic (4), version (2), nonce (32). Hello, by the connector:
/// magic (4), version (2), length of what follows (2): kind (1), generation (4), from (4), to (4), nonce (32),
/// name (UTF-8, all that is left), proof (32) = HMAC-SHA256(token, "neptune hello" + acceptor's nonce + hello up to here). Welcome, by the acceptor:
/// status (1), proof (32) = HMAC-SHA256(token, "neptune welcome" + acceptor's nonce + whole hello). Both nonces are in both
/// proofs, so none can be used again.
/// </remarks>
internal static class LinkHandshake
{
    public const int NonceSize = 32;
    public const int ProofSize = 32;
    public const int ChallengeSize = 6 + NonceSize;
    public const int HelloPrefixSize = 8;
    public const int WelcomeSize = 1 + ProofSize;
    public const int MinTokenSize = 16;
    public const int MaxNameBytes = 512;
    public const byte Accepted = 0;

    private const uint Magic = 0x4B_4C_50_4E; // "NPLK"
    private const ushort Version = 1;
    private const int FixedBody = 1 + 4 + 4 + 4 + NonceSize;
    private const int MaxBody = FixedBody + MaxNameBytes + ProofSize;

    public static byte[] Challenge()
    {
        var challenge = new byte[ChallengeSize];
        WriteMagic(challenge);
        RandomNumberGenerator.Fill(challenge.AsSpan(6));
        return challenge;
    }

    /// <summary>What the connector answers.</summary>
    /// <exception cref="InvalidDataException">The challenge comes from no listener of this version.</exception>
    public static byte[] Hello(ReadOnlySpan<byte> challenge, LinkGreeting greeting, ReadOnlySpan<byte> token)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(challenge) != Magic)
            throw new InvalidDataException("What listens there is no Neptune link listener.");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(challenge[4..]);
        if (version != Version)
            throw new InvalidDataException(
                $"It speaks version {version} of the link protocol, this process {Version}."
            );
        var name = Encoding.UTF8.GetBytes(greeting.Name);
        var hello = new byte[HelloPrefixSize + FixedBody + name.Length + ProofSize];
        WriteMagic(hello);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(6), (ushort)(hello.Length - HelloPrefixSize));
        var body = hello.AsSpan(HelloPrefixSize);
        body[0] = (byte)greeting.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(body[1..], greeting.Generation);
        BinaryPrimitives.WriteInt32LittleEndian(body[5..], greeting.From);
        BinaryPrimitives.WriteInt32LittleEndian(body[9..], greeting.To);
        RandomNumberGenerator.Fill(body.Slice(13, NonceSize));
        name.CopyTo(body[FixedBody..]);
        Proof("neptune hello", token, challenge[6..], hello.AsSpan(0, hello.Length - ProofSize))
            .CopyTo(hello.AsSpan(hello.Length - ProofSize));
        return hello;
    }

    /// <summary>The length of the hello's rest, or why its beginning is refused.</summary>
    public static LinkRefusal? CheckPrefix(ReadOnlySpan<byte> prefix, out int rest)
    {
        rest = BinaryPrimitives.ReadUInt16LittleEndian(prefix[6..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix) != Magic)
            return LinkRefusal.MalformedHello;
        if (BinaryPrimitives.ReadUInt16LittleEndian(prefix[4..]) != Version)
            return LinkRefusal.Version;
        return rest is < FixedBody + ProofSize or > MaxBody ? LinkRefusal.MalformedHello : null;
    }

    /// <summary>What a hello whose prefix was checked says; not proven yet.</summary>
    public static LinkGreeting Read(ReadOnlySpan<byte> hello)
    {
        var body = hello[HelloPrefixSize..];
        return new(
            (LinkPurposeKind)body[0],
            Encoding.UTF8.GetString(body[FixedBody..^ProofSize]),
            BinaryPrimitives.ReadInt32LittleEndian(body[1..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[5..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[9..])
        );
    }

    public static bool Proves(ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> token) =>
        CryptographicOperations.FixedTimeEquals(
            hello[^ProofSize..],
            Proof("neptune hello", token, challenge[6..], hello[..^ProofSize])
        );

    public static byte[] Welcome(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> token) =>
        [Accepted, .. Proof("neptune welcome", token, challenge[6..], hello)];

    public static byte[] Refusal(LinkRefusal reason)
    {
        var refusal = new byte[WelcomeSize];
        refusal[0] = (byte)(1 + reason);
        return refusal;
    }

    /// <summary>Null where the acceptor proved itself; otherwise why it did not.</summary>
    public static string? CheckWelcome(
        ReadOnlySpan<byte> welcome,
        ReadOnlySpan<byte> challenge,
        ReadOnlySpan<byte> hello,
        ReadOnlySpan<byte> token
    )
    {
        if (welcome[0] != Accepted)
            return $"refused the connection: {(LinkRefusal)(welcome[0] - 1)}.";
        var proof = Proof("neptune welcome", token, challenge[6..], hello);
        return CryptographicOperations.FixedTimeEquals(welcome[1..], proof) ? null : "does not hold the same token.";
    }

    private static void WriteMagic(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], Version);
    }

    private static byte[] Proof(
        string label,
        ReadOnlySpan<byte> token,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> message
    )
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, token);
        hash.AppendData(Encoding.ASCII.GetBytes(label));
        hash.AppendData(nonce);
        hash.AppendData(message);
        return hash.GetHashAndReset();
    }
}
