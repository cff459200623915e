namespace Neptune.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int NotReachable = 3;
    public const int NotAllowed = 4;
}
