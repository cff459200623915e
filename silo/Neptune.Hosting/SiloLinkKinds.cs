using Neptune.Collectives;

namespace Neptune.Hosting;

/// <summary>The options of silos in the words of the collectives.</summary>
internal static class SiloLinkKinds
{
    public static LinkKind ToCollective(this SiloLinks links) =>
        links switch
        {
            SiloLinks.Unix => LinkKind.Unix,
            SiloLinks.Tcp => LinkKind.Tcp,
            _ => LinkKind.Auto,
        };
}
