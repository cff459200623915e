using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Says how a job ended.</summary>
internal static class JobEnding
{
    public static string Describe(JobSnapshot job)
    {
        var reached = job.TotalSteps > 0 ? $" at step {job.Step} of {job.TotalSteps}" : "";
        var kept = job.Package is { } package
            ? $"Kept is the package of step {package.Step} ({package.Path}). `neptune jobs resume {job.Id}` goes on from it."
            : $"No package was kept: no epoch was completed. `neptune jobs resume {job.Id}` begins {Begin(job)}.";
        var reason = job.Reason.Length > 0 ? $": {job.Reason.TrimEnd('.')}" : "";
        return $"Job {job.Id} is {job.Phase.ToString().ToLowerInvariant()}{reached}{reason}. {kept}";
    }

    private static string Begin(JobSnapshot job) => job.Spec.From is { } from ? $"at {from} again" : "anew";
}
