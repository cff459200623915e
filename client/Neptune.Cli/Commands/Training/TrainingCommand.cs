using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>What commands that train have in common.</summary>
internal static class TrainingCommand
{
    /// <summary>Follows a job to its end; where it was stopped, says what was reached and how to go on.</summary>
    public static async Task<TrainingHistory> FollowAsync(
        Session session,
        Func<IProgress<JobSnapshot>, Task<TrainingHistory>> train
    )
    {
        try
        {
            return await TrainingView.ShowAsync(session.Output, train);
        }
        catch (JobCancelledException stopped)
        {
            ShowReached(session, stopped.Job);
            throw;
        }
    }

    /// <summary>The last lines of a job that has succeeded.</summary>
    public static void ShowResult(Session session, TrainingHistory history)
    {
        var (output, job, package) = (session.Output, history.Job, history.Package);
        output.Line();
        output.Line($"SHA-256 of the weights  {history.WeightsSha256}");
        if (job.NumericsDiffer)
        {
            output.Line($"                        {JobWords.NumericsDiffer}");
        }
        output.Line($"Job                     {job.Id}");
        output.Line($"Model                   {package.Model}@{package.Version}");
        output.Line($"Package                 {package.Path}");
        output.Line($"Speed                   {Numbers.Count(job.SamplesPerSecond)} samples/s");
        output.Line();
        output.Line("Try next:");
        output.Line(
            "  " + session.Suggest($"evaluate {package.Model}@{package.Version} --data {job.Spec.Dataset.Name}:test")
        );
        output.Line("  " + session.Suggest($"deploy {package.Model}@{package.Version} --name my-model"));
        output.Event(JobWords.ToJson(job, "done"));
    }

    private static void ShowReached(Session session, JobSnapshot job)
    {
        var output = session.Output;
        output.Event(JobWords.ToJson(job, "stopped"));
        output.Line(
            $"Reached: epoch {JobWords.EpochOf(job)} of {job.Spec.Epochs}, step {job.Step} of {job.TotalSteps}, loss "
                + $"{Numbers.Loss(JobWords.LossOf(job))}."
        );
        output.Line(
            job.Package is { } package
                ? $"Package of step {package.Step} (epoch {package.Epoch}): {package.Path}"
                : "No package yet: no epoch was completed."
        );
        output.Line($"Go on by: {session.Suggest($"jobs resume {job.Id}")}");
        output.Line($"      or: {session.Suggest($"train --resume {job.Id}")}");
    }
}
