using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class JobStateMachineTests
{
    // What each event makes of a job in each phase, and the commands that follow. "=" changes nothing.
    [Theory]
    [InlineData("wait", "Queued", "Queued", "")]
    [InlineData("wait", "Starting Running Cancelling Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("grant", "Queued", "Starting", "StartTree")]
    [InlineData("grant", "Starting", "=", "StartTree")]
    [InlineData("grant", "Running Cancelling", "=", "")]
    [InlineData("grant", "Paused Succeeded Failed Cancelled", "=", "Release")]
    [InlineData("stale grant", "Queued Starting Running Cancelling Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("silence", "Starting", "Starting", "")]
    [InlineData("silence", "Running", "Running", "")]
    [InlineData("silence", "Cancelling", "Cancelling", "")]
    [InlineData("report", "Queued Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("report", "Starting Running", "Running", "")]
    [InlineData("report", "Cancelling", "Cancelling", "")]
    [InlineData("stale report", "Queued Starting Running Cancelling Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("future report", "Queued Starting Running Cancelling Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("finished", "Queued Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("finished", "Starting Running", "Running", "Register")]
    [InlineData("finished", "Cancelling", "Cancelling", "Register")]
    [InlineData("stopped", "Running Cancelling", "Cancelled", "Release")]
    [InlineData("failed", "Starting Running Cancelling", "Failed", "Release")]
    [InlineData("failed", "Queued Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("differ", "Starting Running Cancelling", "Failed", "Release")]
    [InlineData("registered", "Starting Running Cancelling", "Succeeded", "Release")]
    [InlineData("registered", "Queued Paused Succeeded Failed Cancelled", "=", "")]
    [InlineData("cancel", "Queued Paused", "Cancelled", "Release")]
    [InlineData("cancel", "Starting Running", "Cancelling", "StopTree")]
    [InlineData("cancel", "Cancelling", "=", "StopTree")]
    [InlineData("cancel", "Succeeded Failed Cancelled", "=", "")]
    [InlineData("resume", "Paused Cancelled Failed", "Queued", "Enqueue")]
    [InlineData("recover", "Queued", "=", "Enqueue")]
    [InlineData("recover", "Starting Running", "Paused", "Release")]
    [InlineData("recover", "Cancelling", "Cancelled", "Release")]
    [InlineData("recover", "Paused Succeeded Failed Cancelled", "=", "")]
    public void Given_a_job_when_an_event_comes_then_its_phase_and_commands_are_those_of_the_table(
        string happening,
        string phases,
        string then,
        string commands
    )
    {
        foreach (var phase in phases.Split(' ').Select(Enum.Parse<JobPhase>))
        {
            var state = JobEvents.JobIn(phase);
            var outcome = JobEvents.Named(happening)(state);
            Assert.Equal(commands, string.Join(' ', outcome.Commands.Select(c => c.GetType().Name)));
            if (then == "=")
            {
                Assert.Same(state, outcome.State);
                continue;
            }
            Assert.Equal(Enum.Parse<JobPhase>(then), outcome.State.Snapshot.Phase);
            Assert.True(outcome.State.Snapshot.Revision > state.Snapshot.Revision);
        }
    }

    [Theory]
    [InlineData(JobPhase.Queued)]
    [InlineData(JobPhase.Starting)]
    [InlineData(JobPhase.Running)]
    [InlineData(JobPhase.Cancelling)]
    [InlineData(JobPhase.Succeeded)]
    public void Given_a_job_that_runs_or_has_succeeded_when_resumed_then_the_conflict_names_its_phase(JobPhase phase)
    {
        var error = Assert.Throws<ConflictException>(() => JobStateMachine.Resume(JobEvents.JobIn(phase)));
        Assert.Equal($"Job job-1 is {phase}: only a paused, cancelled or failed job can be resumed.", error.Message);
    }

    [Fact]
    public void Given_a_job_that_verifies_another_when_it_has_finished_then_it_succeeds_and_registers_nothing()
    {
        var state = JobEvents.JobIn(JobPhase.Running, Samples.Spec with { Verifies = new("job-0") });
        var outcome = JobEvents.Named("finished")(state);
        Assert.IsType<JobCommand.Release>(Assert.Single(outcome.Commands));
        Assert.Equal(JobPhase.Succeeded, outcome.State.Snapshot.Phase);
        Assert.Equal(0, outcome.State.Snapshot.Package!.Version);
    }

    [Fact]
    public void Given_a_fork_without_a_package_when_it_resumes_then_it_is_where_it_began()
    {
        var from = new JobOrigin
        {
            Job = new("job-0"),
            Step = 8,
            Artifact = "package",
        };
        var spec = Samples.Spec with { From = from, ResumeFrom = from.Artifact };
        var queued = JobStateMachine.Submit(Samples.Job, spec, Samples.Digits, Samples.Now).State;
        Assert.Equal(8, queued.Snapshot.Step);
        var failed = JobEvents.JobIn(JobPhase.Failed, spec);
        failed = failed with { Snapshot = failed.Snapshot with { Package = null, Step = 20 } };
        var resumed = JobStateMachine.Resume(failed).State;
        Assert.Equal((8L, 12L), (resumed.Snapshot.Step, resumed.StepsLost));
        Assert.Equal(from.Artifact, resumed.Snapshot.Spec.ResumeFrom);
    }

    [Fact]
    public void Given_a_spec_when_submitted_then_the_job_is_queued_for_its_nodes()
    {
        var outcome = JobStateMachine.Submit(Samples.Job, Samples.Spec, Samples.Digits, Samples.Now);
        Assert.Equal(new JobCommand.Enqueue(new(Samples.Job, 1, 2)), Assert.Single(outcome.Commands));
        Assert.Equal(
            (JobPhase.Queued, 0L, 1),
            (outcome.State.Snapshot.Phase, outcome.State.Snapshot.Step, outcome.State.Attempt)
        );
        Assert.Equal(Samples.Now, outcome.State.Snapshot.SubmittedAt);
    }

    [Fact]
    public void Given_a_grant_when_it_comes_then_the_generation_is_the_next_and_covers_all_shards()
    {
        var state = JobEvents.JobIn(JobPhase.Starting);
        Assert.Equal((1, 1), (state.Snapshot.Generation, state.Generation!.Number));
        Assert.Equal(Samples.Token, state.Generation.Token);
        Assert.Equal(["[0,2)", "[2,4)"], state.Snapshot.Ranks.Select(r => r.Range.ToString()));
    }

    [Fact]
    public void Given_a_job_that_waits_when_the_same_reason_comes_again_then_nothing_changes()
    {
        var once = JobEvents.Named("wait")(JobEvents.JobIn(JobPhase.Queued)).State;
        Assert.Equal("needs more", once.Snapshot.Reason);
        Assert.Same(once, JobEvents.Named("wait")(once).State);
    }

    [Fact]
    public void Given_a_report_when_it_comes_late_then_steps_and_epochs_do_not_go_back()
    {
        var later = JobStateMachine
            .Report(
                JobEvents.JobIn(JobPhase.Running),
                Samples.Report() with
                {
                    Step = 60,
                    Epochs = [Epoch(1), Epoch(2)],
                    Package = Samples.Package(60, 2),
                },
                Samples.Now
            )
            .State;
        var earlier = Samples.Report() with { Step = 30, Epochs = [Epoch(1)], Package = Samples.Package(30, 1) };
        var snapshot = JobStateMachine.Report(later, earlier, Samples.Now).State.Snapshot;
        Assert.Equal((60L, 2, 60L), (snapshot.Step, snapshot.Epochs.Length, snapshot.Package!.Step));
    }

    [Fact]
    public void Given_reports_when_the_ranks_measured_their_time_then_the_rate_is_theirs_and_the_start_is_noted()
    {
        var ready = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Starting), Samples.Report(), Samples.Now).State;
        var report = Samples.Report() with { Samples = 5_000, Seconds = 10 };
        var snapshot = JobStateMachine.Report(ready, report, Samples.Now.AddSeconds(20)).State.Snapshot;
        Assert.Equal((500.0, Samples.Now), (snapshot.SamplesPerSecond, snapshot.StartedAt));
    }

    [Fact]
    public void Given_a_cause_and_its_consequences_when_a_job_fails_then_its_reason_is_the_cause()
    {
        var left = Samples.Report(ranks: 1) with { Ended = 1, Failures = [new(0, Samples.Node(0), "gave up", true)] };
        var right = Samples.Report(ranks: 1) with
        {
            FirstRank = 1,
            Ended = 1,
            Failures = [new(1, Samples.Node(1), "the loss is NaN", false)],
        };
        var state = JobEvents.JobIn(JobPhase.Running);
        var snapshot = JobStateMachine.Report(state, ReportMerge.Merge(left, right), Samples.Now).State.Snapshot;
        Assert.Equal((JobPhase.Failed, "the loss is NaN"), (snapshot.Phase, snapshot.Reason));
    }

    [Fact]
    public void Given_a_failure_of_one_rank_when_others_still_run_then_the_job_has_not_ended_yet()
    {
        var report = Samples.Report() with { Ended = 1, Failures = [new(1, Samples.Node(1), "no memory", false)] };
        var snapshot = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Running), report, Samples.Now).State.Snapshot;
        Assert.Equal(JobPhase.Running, snapshot.Phase);
    }

    [Fact]
    public void Given_replicas_that_differ_when_a_job_ends_then_nothing_of_this_attempt_is_trusted()
    {
        var began = Samples.Package(30, 1).Artifact;
        var state = JobEvents.JobIn(JobPhase.Running, Samples.Spec with { ResumeFrom = began });
        var failed = JobEvents.Named("differ")(state).State;
        Assert.Null(failed.Snapshot.Package);
        Assert.Contains(
            "weights differ (aaaaaaaaaaaa, bbbbbbbbbbbb)",
            failed.Snapshot.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal(began, JobStateMachine.Resume(failed).State.Snapshot.Spec.ResumeFrom);
    }

    [Fact]
    public void Given_a_finished_job_when_its_end_is_reported_again_then_it_is_registered_again_under_the_same_package()
    {
        var once = JobEvents.Named("finished")(JobEvents.JobIn(JobPhase.Running));
        var again = JobEvents.Named("finished")(once.State);
        Assert.Equal(once.Commands.AsEnumerable(), again.Commands.AsEnumerable());
    }

    [Fact]
    public void Given_a_package_that_has_a_version_when_it_is_reported_without_then_the_version_stays()
    {
        var state = JobEvents.JobIn(JobPhase.Running);
        state = state with { Snapshot = state.Snapshot with { Package = Samples.Package(90, 3, version: 4) } };
        Assert.Equal(4, JobEvents.Named("finished")(state).State.Snapshot.Package!.Version);
    }

    [Fact]
    public void Given_a_job_that_stopped_with_a_package_when_resumed_then_it_goes_on_from_that_package()
    {
        var running = JobStateMachine
            .Report(
                JobEvents.JobIn(JobPhase.Running),
                Samples.Report() with
                {
                    Step = 70,
                    Epochs = [Epoch(1), Epoch(2)],
                    Package = Samples.Package(30, 1),
                },
                Samples.Now
            )
            .State;
        var paused = JobStateMachine.Recover(running, [], "the process ended", false, Samples.Now).State;
        Assert.Equal(("the process ended", Samples.Now), (paused.Snapshot.Reason, paused.Snapshot.EndedAt));
        var outcome = JobStateMachine.Resume(paused);
        var snapshot = outcome.State.Snapshot;
        Assert.Equal(new JobCommand.Enqueue(new(Samples.Job, 2, 2, Least: 1)), Assert.Single(outcome.Commands));
        Assert.Equal(
            (30L, 1, Samples.Package(30).Artifact, (DateTimeOffset?)null),
            (snapshot.Step, snapshot.Epochs.Length, snapshot.Spec.ResumeFrom, snapshot.EndedAt)
        );
    }

    [Fact]
    public void Given_a_job_that_stopped_without_a_package_when_resumed_then_it_begins_anew()
    {
        var snapshot = JobStateMachine.Resume(JobEvents.JobIn(JobPhase.Paused)).State.Snapshot;
        Assert.Equal((0L, 0, null), (snapshot.Step, snapshot.Epochs.Length, snapshot.Spec.ResumeFrom));
    }

    [Fact]
    public void Given_a_resumed_job_when_granted_then_its_generation_is_new_and_the_old_ones_reports_are_dropped()
    {
        var resumed = JobStateMachine.Resume(JobEvents.JobIn(JobPhase.Paused)).State;
        var state = JobStateMachine.Grant(resumed, 2, Samples.Granted(3), 0, "other", Samples.Now).State;
        Assert.Equal((2, 3), (state.Snapshot.Generation, state.Snapshot.Ranks.Length));
        Assert.Same(state, JobStateMachine.Report(state, Samples.Finished(generation: 1), Samples.Now).State);
    }

    [Fact]
    public void Given_a_node_lost_before_the_start_when_told_then_the_job_gives_its_nodes_back_and_queues_again()
    {
        var outcome = JobStateMachine.StartAgain(JobEvents.JobIn(JobPhase.Starting), "a node was lost", Samples.Now);
        Assert.Equal((JobPhase.Queued, 2), (outcome.State.Snapshot.Phase, outcome.State.Attempt));
        Assert.Equal(
            [new JobCommand.Release(), new JobCommand.Enqueue(new(Samples.Job, 2, 2))],
            outcome.Commands.AsEnumerable()
        );
    }

    [Fact]
    public void Given_a_job_whose_ranks_have_kept_a_package_when_it_starts_again_then_it_goes_on_from_there()
    {
        var starting = JobEvents.JobIn(JobPhase.Starting);
        var kept = starting with { Snapshot = starting.Snapshot with { Package = Samples.Package(30, 1) } };
        var snapshot = JobStateMachine.StartAgain(kept, "a node was lost", Samples.Now).State.Snapshot;
        Assert.Equal((30L, Samples.Package(30, 1).Artifact), (snapshot.Step, snapshot.Spec.ResumeFrom));
    }

    [Fact]
    public void Given_a_package_of_ranks_that_never_were_all_ready_when_reported_then_the_job_runs()
    {
        var report = Samples.Report() with { Ready = 1, Package = Samples.Package(30, 1) };
        var state = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Starting), report, Samples.Now).State;
        Assert.Equal(JobPhase.Running, state.Snapshot.Phase);
    }

    [Fact]
    public void Given_nodes_of_unlike_numerics_when_a_job_runs_on_them_then_its_result_says_so_and_may_differ_by_replica()
    {
        var queued = JobEvents.JobIn(JobPhase.Queued, Samples.Spec with { MixedNumerics = true });
        var granted = JobStateMachine
            .Grant(queued, 1, Samples.Granted(2, "a", "b"), 0, Samples.Token, Samples.Now)
            .State;
        Assert.True(granted.Snapshot.NumericsDiffer);
        var finished = Samples.Finished() with { WeightsSha256 = [new('a', 64), new('b', 64)] };
        var outcome = JobStateMachine.Report(granted, finished, Samples.Now);
        Assert.IsType<JobCommand.Register>(Assert.Single(outcome.Commands));
        Assert.True(
            JobStateMachine.Registered(outcome.State, Samples.Package(90), Samples.Now).State.Snapshot.NumericsDiffer
        );
    }

    [Fact]
    public void Given_nodes_of_like_numerics_when_a_job_that_would_take_others_runs_then_its_bits_are_comparable()
    {
        var queued = JobEvents.JobIn(JobPhase.Queued, Samples.Spec with { MixedNumerics = true });
        Assert.False(
            JobStateMachine
                .Grant(queued, 1, Samples.Granted(2), 0, Samples.Token, Samples.Now)
                .State.Snapshot.NumericsDiffer
        );
    }

    [Fact]
    public void Given_a_member_lost_when_others_are_left_then_the_job_runs_on_and_asks_for_another()
    {
        var outcome = JobEvents.Named("lose one")(JobEvents.JobIn(JobPhase.Running));
        Assert.Equal(JobPhase.Running, outcome.State.Snapshot.Phase);
        Assert.Equal(new JobCommand.Enqueue(new(Samples.Job, 1, 1, Grows: true)), Assert.Single(outcome.Commands));
    }

    [Fact]
    public void Given_the_ranks_newer_membership_when_followed_then_the_history_says_who_went_and_a_tree_is_built()
    {
        var lost = JobEvents.Named("lose one")(JobEvents.JobIn(JobPhase.Running)).State;
        var next = Samples.Next(lost);
        var outcome = JobStateMachine.Follow(lost, next);
        var change = outcome.State.Snapshot.Generations[^1];
        Assert.Equal((2, 1, "node local/cpu:1: its link closed"), (change.Number, change.WorldSize, change.Cause));
        Assert.Equal([new Departure(Samples.Node(1), "its link closed")], change.Left.AsEnumerable());
        Assert.Equal(new JobCommand.AdoptTree(next), outcome.Commands[0]);
        Assert.Empty(outcome.State.Lost);
    }

    [Fact]
    public void Given_all_members_lost_when_a_cluster_recovers_then_the_job_queues_to_go_on_from_its_package()
    {
        var one = JobEvents
            .Named("lose one")(
                JobStateMachine
                    .Report(
                        JobEvents.JobIn(JobPhase.Running),
                        Samples.Report() with
                        {
                            Package = Samples.Package(30, 1),
                        },
                        Samples.Now
                    )
                    .State
            )
            .State;
        var outcome = JobStateMachine.Recover(one, [Samples.Node(0)], "its silo died", true, Samples.Now);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
        Assert.Equal(Samples.Package(30).Artifact, outcome.State.Snapshot.Spec.ResumeFrom);
        Assert.Equal(
            [new JobCommand.Release(), new JobCommand.Enqueue(new(Samples.Job, 2, 2, Least: 1))],
            outcome.Commands.AsEnumerable()
        );
    }

    [Fact]
    public void Given_an_epoch_that_closes_when_reported_then_its_numbers_take_the_place_of_those_midway()
    {
        var midway = Samples.Report() with { Loss = 3.5, Accuracy = 0.1 };
        var state = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Running), midway, Samples.Now).State;
        var closes = Samples.Report() with
        {
            Loss = double.NaN,
            Accuracy = null,
            Epochs = [Epoch(1) with { Accuracy = 0.9 }],
        };
        var closed = JobStateMachine.Report(state, closes, Samples.Now).State;
        Assert.Equal((1.0, 0.9), (closed.Snapshot.Loss, closed.Snapshot.Accuracy));
        var next = JobStateMachine.Report(closed, closes with { Loss = 0.8, Accuracy = 0.95 }, Samples.Now).State;
        Assert.Equal((0.8, 0.95), (next.Snapshot.Loss, next.Snapshot.Accuracy));
    }

    private static EpochReport Epoch(int number) => new() { Epoch = number, Loss = 1.0 / number };
}
