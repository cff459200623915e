using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

// How a job begins, anew or from a version of another job, and which of its own are kept.
internal sealed partial class JobGrain
{
    private const int MostVersionsTried = 20;

    public async Task<JobSnapshot> SubmitAsync(JobSpec spec)
    {
        if (_state is not null)
        {
            if (!EqualSpecs(_state.Snapshot.Spec, spec with { Dataset = _state.Snapshot.Spec.Dataset }))
            {
                throw new ConflictException($"Job {Id} exists with another spec. Submit under a new id.");
            }
            await ApplyAsync(JobStateMachine.SubmitAgain(State)); // the first call may have failed half done
            return View;
        }
        var dataset = await GrainFactory
            .GetGrain<IDatasetGrain>(spec.Dataset.Name.Value)
            .GetAsync(spec.Dataset.Version);
        JobSpecRules.Check(spec, dataset);
        spec = spec with { Dataset = spec.Dataset with { Version = dataset.Version } };
        var modules = ModuleRules.Of(spec);
        if (!modules.IsEmpty)
        {
            ModuleRules.Check(modules, await Scheduler.ListNodesAsync());
        }
        spec = await StartFromAsync(spec, dataset);
        await ApplyAsync(JobStateMachine.Submit(Id, spec, dataset, time.GetUtcNow(), modules));
        return View;
    }

    public async Task<ImmutableArray<CheckpointEntry>> ListCheckpointsAsync() =>
        KeptVersions.Of(State.Snapshot, await checkpoints.ListAsync(Id));

    // Copied before the job is known: from then on nobody can take away what it starts from.
    private async Task<JobSpec> StartFromAsync(JobSpec spec, DatasetInfo dataset)
    {
        if (spec.From is not { } origin)
        {
            return spec.ResumeFrom is null
                ? spec with
                {
                    ResumeFrom = spec.InitialWeights,
                }
                : throw new JobRejectedException(
                    "The job cannot run: it is to resume, and is new. Give the job and the step to start from instead."
                );
        }
        var there = GrainFactory.GetGrain<IJobGrain>(origin.Job.Value);
        var job = await there.GetSnapshotAsync();
        var data = await GrainFactory
            .GetGrain<IDatasetGrain>(job.Spec.Dataset.Name.Value)
            .GetAsync(job.Spec.Dataset.Version);
        ForkRules.Check(origin, job.Spec, data, spec, dataset);
        if (origin is { Artifact: { } copied, Step: { } step })
        {
            ForkRules.CheckEnd(origin, spec, dataset, step);
            return spec with { ResumeFrom = copied };
        }
        InvalidInputException? damaged = null;
        var tried = new HashSet<CheckpointEntry>();
        var untried = ForkRules.Choose(origin, job, await there.ListCheckpointsAsync());
        while (!untried.IsEmpty && tried.Count < MostVersionsTried)
        {
            var version = untried[0];
            tried.Add(version);
            ForkRules.CheckEnd(origin, spec, dataset, version.Version.Step);
            try
            {
                var artifact = version.IsPackage
                    ? version.Artifact
                    : await workers.PackageCheckpointAsync(job, data, version, CancellationToken.None);
                return spec with
                {
                    From = origin with { Step = version.Version.Step, Artifact = artifact },
                    ResumeFrom = artifact,
                };
            }
            catch (InvalidInputException error)
            {
                damaged = error; // or removed meanwhile: the one before it will do where any does
            }
            // A job that trains removes versions while they are tried. Those that it has kept since will do as well.
            untried =
                untried.Length > 1 ? untried.RemoveAt(0)
                : origin.Step is null ? [.. (await there.ListCheckpointsAsync()).Except(tried)]
                : [];
        }
        var left = (await there.ListCheckpointsAsync()).RemoveAll(c => c.Version.Step == origin.Step);
        throw new NotFoundException($"{damaged!.Message} {ForkRules.Missing(origin, left).Message}", damaged);
    }

    // A submission that is repeated does not know which version it was given, nor how far the job has come.
    private static bool EqualSpecs(JobSpec known, JobSpec given) =>
        known with
        {
            ResumeFrom = given.ResumeFrom,
            From =
                known.From is { } origin && given.From is { } asked
                    ? origin with
                    {
                        Step = asked.Step is null ? null : origin.Step,
                        Artifact = asked.Artifact is null ? null : origin.Artifact,
                    }
                    : known.From,
        } == given;
}
