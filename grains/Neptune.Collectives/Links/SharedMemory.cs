using System.IO.MemoryMappedFiles;

namespace Neptune.Collectives;

/// <summary>
/// Memory that two processes of a host share: a ring for each direction. One makes a file in memory and gives its name to the
/// other over an authenticated link; it is unlinked as soon as both have it, so nothing is left behind when they die.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private const string Folder = "/dev/shm";
    private const string Prefix = "neptune-link-";
    private const int Capacity = 1024 * 1024; // of a ring: it should stay in the processor's caches

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private SharedMemory(string path, bool isMaker)
    {
        var size = 2 * Ring.SizeFor(Capacity);
        var options = new FileStreamOptions
        {
            Mode = isMaker ? FileMode.CreateNew : FileMode.Open,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            // Claimed now: a full memory disk is an error here, later it would end the process.
            PreallocationSize = isMaker ? size : 0,
        };
        if (isMaker && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        if (isMaker)
            stream.SetLength(size);
        else if (stream.Length != size)
            throw new IOException($"{path} has {stream.Length} bytes instead of {size}.");
        _file = MemoryMappedFile.CreateFromFile(
            stream,
            null,
            size,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        _view = _file.CreateViewAccessor(0, size);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var first = new Ring(start, Capacity);
        var second = new Ring(start + Ring.SizeFor(Capacity), Capacity);
        (Incoming, Outgoing) = isMaker ? (second, first) : (first, second);
    }

    public Ring Incoming { get; }

    public Ring Outgoing { get; }

    /// <summary>New memory and its name for the other side; null where this host has none to give.</summary>
    public static SharedMemory? TryMake(out string path)
    {
        path = $"{Folder}/{Prefix}{Guid.NewGuid():N}";
        return TryMap(path, isMaker: true);
    }

    /// <summary>The memory that the other side made; null where it is not to be seen from here.</summary>
    public static SharedMemory? TryOpen(string path) =>
        path.StartsWith($"{Folder}/{Prefix}", StringComparison.Ordinal) && Path.GetDirectoryName(path) == Folder
            ? TryMap(path, isMaker: false)
            : null;

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static SharedMemory? TryMap(string path, bool isMaker)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return new(path, isMaker);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isMaker)
                File.Delete(path);
            return null;
        }
    }
}
