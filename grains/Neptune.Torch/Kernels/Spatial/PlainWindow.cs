namespace Neptune.Torch;

/// <summary>A window in libtorch's terms; each has a number for each length.</summary>
/// <param name="Kernel">Elements under the window.</param>
/// <param name="Strides">The distance between windows.</param>
/// <param name="Padding">Padding that libtorch does, alike on both sides.</param>
/// <param name="Dilations">The distance between elements under the window.</param>
internal readonly record struct PlainWindow(long[] Kernel, long[] Strides, long[] Padding, long[] Dilations);
