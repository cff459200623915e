namespace Neptune.Formats;

/// <summary>What a field of a Caffe message holds.</summary>
internal enum CaffeFieldKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A whole number from 0.</summary>
    Count,

    /// <summary>A float32.</summary>
    Real,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>One of several names.</summary>
    Choice,

    /// <summary>Another message.</summary>
    Message,
}
