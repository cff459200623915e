namespace Neptune.ModelGraph;

/// <summary>
/// How a weight's elements lie by output channel: (groups, outer, channels, inner) in C order, where output channel
/// g channels + c is (g, any, c, any).
/// </summary>
/// <param name="Groups">Groups of channels.</param>
/// <param name="Outer">Lengths before the channels' axis, multiplied.</param>
/// <param name="Channels">Output channels of a group.</param>
/// <param name="Inner">Lengths behind the channels' axis, multiplied.</param>
internal readonly record struct ChannelLayout(int Groups, int Outer, int Channels, int Inner);
