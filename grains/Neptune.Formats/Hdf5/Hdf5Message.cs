namespace Neptune.Formats;

/// <summary>A message of an object's header.</summary>
/// <param name="Kind">What it is; see <see cref="Hdf5MessageKind"/>.</param>
/// <param name="IsShared">True where the content stands elsewhere.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Hdf5Message(Hdf5MessageKind Kind, bool IsShared, byte[] Content);
