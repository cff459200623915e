using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>Lost calls and dead coordinators: what the simulator found a job could not get over.</summary>
public sealed class JobReminderTests
{
    private static readonly LinkEndpoint NewStart = new("host", "another start", "", "");

    [Fact]
    public void Given_a_queued_job_when_reminded_then_it_queues_again() =>
        Assert.Equal(["Enqueue"], Remind(JobEvents.JobIn(JobPhase.Queued), held: 0));

    [Fact]
    public void Given_a_queued_job_that_has_not_heard_of_its_grant_when_reminded_then_a_new_attempt_frees_the_nodes()
    {
        var state = JobEvents.JobIn(JobPhase.Queued);
        var outcome = JobStateMachine.Remind(state, Samples.Granted(2), null, true, Samples.Now);
        Assert.Equal(state.Attempt + 1, outcome.State.Attempt);
        Assert.Equal(["Enqueue"], Names(outcome));
    }

    [Fact]
    public void Given_a_job_queued_again_whose_ranks_may_still_train_when_reminded_then_they_are_released_first()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var queued = JobEvents.Named("recover by itself")(running).State;
        Assert.Equal(["Release", "Enqueue"], Remind(queued, held: 0, running.Generation));
    }

    [Fact]
    public void Given_an_attempt_that_is_not_released_when_the_next_is_granted_nodes_then_it_is_released_first()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var queued = JobEvents.Named("recover by itself")(running).State;
        var outcome = JobStateMachine.Grant(
            queued,
            queued.Attempt,
            Samples.Granted(2),
            running.Generation,
            Samples.Token,
            Samples.Now
        );
        Assert.Equal(["Release", "Enqueue"], Names(outcome));
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
    }

    [Fact]
    public void Given_a_released_attempt_when_the_next_is_granted_nodes_then_its_generation_says_which_it_is()
    {
        var queued = JobEvents.Named("recover by itself")(JobEvents.JobIn(JobPhase.Running)).State;
        var dissolved = Samples.Next(queued) with { Ranks = [] };
        var outcome = JobStateMachine.Grant(
            queued,
            queued.Attempt,
            Samples.Granted(2),
            dissolved,
            Samples.Token,
            Samples.Now
        );
        Assert.Equal(["StartTree"], Names(outcome));
        Assert.Equal(queued.Attempt, outcome.State.Generation!.Attempt);
    }

    [Fact]
    public void Given_a_membership_that_was_planned_and_never_set_when_reminded_then_it_is_set_and_started() =>
        Assert.Equal(["StartTree"], Remind(JobEvents.JobIn(JobPhase.Starting), held: 2));

    [Fact]
    public void Given_a_running_job_when_reminded_then_its_tree_is_given_again()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        Assert.Equal(["AdoptTree"], Remind(running, held: 2, running.Generation));
    }

    [Fact]
    public void Given_a_running_job_whose_node_is_held_no_more_when_reminded_then_it_has_lost_it()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var outcome = JobStateMachine.Remind(running, Samples.Granted(1), running.Generation, true, Samples.Now);
        Assert.Equal([Samples.Node(1)], outcome.State.Lost);
        Assert.Contains("Enqueue", Names(outcome));
    }

    [Fact]
    public void Given_a_running_job_that_is_held_a_node_it_knows_nothing_of_when_reminded_then_it_gives_it_back()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var outcome = JobStateMachine.Remind(running, Samples.Granted(3), running.Generation, true, Samples.Now);
        var back = Assert.Single(outcome.Commands.OfType<JobCommand.Return>());
        Assert.Equal([Samples.Node(2)], back.Nodes);
    }

    [Fact]
    public void Given_a_lost_node_set_a_membership_of_itself_before_it_ended_when_reminded_then_the_job_goes_on()
    {
        var lost = JobStateMachine.Recover(
            JobEvents.JobIn(JobPhase.Running),
            [Samples.Node(0)],
            "it froze",
            resumes: true,
            Samples.Now
        );
        var outcome = JobStateMachine.Remind(
            lost.State,
            [Samples.Granted(2)[1]],
            Samples.Next(lost.State),
            resumes: true,
            Samples.Now
        );
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
        Assert.Equal(["Release", "Enqueue"], Names(outcome));
    }

    [Fact]
    public void Given_a_job_whose_ranks_have_dissolved_themselves_when_reminded_then_it_goes_on_from_its_package()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        Assert.Equal(["Release", "Enqueue"], Remind(running, held: 2, Samples.Next(running) with { Ranks = [] }));
    }

    [Theory]
    [InlineData(JobPhase.Succeeded)]
    [InlineData(JobPhase.Failed)]
    [InlineData(JobPhase.Cancelled)]
    public void Given_a_job_that_has_ended_when_reminded_then_it_gives_its_nodes_back(JobPhase phase) =>
        Assert.Equal(["Release"], Remind(JobEvents.JobIn(phase), held: 2));

    [Fact]
    public void Given_a_member_is_granted_from_a_new_start_of_its_silo_when_granted_then_it_was_lost_and_is_recruited()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        ImmutableArray<GrantedNode> again = [new(Samples.Node(1), NewStart, "numerics")];
        var outcome = JobStateMachine.Grant(running, running.Attempt, again, 1, Samples.Token, Samples.Now);
        Assert.Equal([Samples.Node(1)], outcome.State.Lost);
        Assert.Equal([Samples.Node(1)], outcome.State.Recruits);
        Assert.Equal(["Recruit"], Names(outcome));
    }

    [Fact]
    public void Given_ranks_that_were_ended_because_others_could_not_start_when_reported_then_the_job_goes_on()
    {
        var report = Samples.Report() with
        {
            Ended = 2,
            Failures = [new(0, Samples.Node(0), "told", IsConsequence: true)],
        };
        var outcome = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Running), report, Samples.Now, resumes: true);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
        Assert.Equal(["Release", "Enqueue"], Names(outcome));
    }

    [Fact]
    public void Given_ranks_that_were_ended_because_their_process_ends_when_lost_then_the_job_pauses_where_it_should()
    {
        var report = Samples.Report() with
        {
            Ended = 1,
            Failures = [new(0, Samples.Node(0), "told", IsConsequence: true)],
        };
        var told = JobStateMachine.Report(JobEvents.JobIn(JobPhase.Running), report, Samples.Now).State;
        var outcome = JobStateMachine.Recover(told, Samples.Nodes(2), "it ended", resumes: false, Samples.Now);
        Assert.Equal(JobPhase.Paused, outcome.State.Snapshot.Phase);
        var all = report with { Ended = 2 };
        Assert.Equal(
            JobPhase.Paused,
            JobStateMachine.Report(told, all, Samples.Now, resumes: false).State.Snapshot.Phase
        );
    }

    [Fact]
    public void Given_a_finished_job_whose_registration_was_lost_when_reminded_then_it_is_registered()
    {
        var finished = JobEvents.Named("finished")(JobEvents.JobIn(JobPhase.Running)).State;
        Assert.Equal(["Register"], Remind(finished, held: 2, finished.Generation));
    }

    [Fact]
    public void Given_the_last_report_comes_after_the_loss_of_the_other_ranks_when_reported_then_the_job_ends()
    {
        var lost = JobEvents.Named("lose one")(JobEvents.JobIn(JobPhase.Running)).State;
        var report = Samples.Finished() with { Ended = 1 };
        Assert.Equal(["Register"], Names(JobStateMachine.Report(lost, report, Samples.Now)));
    }

    [Fact]
    public void Given_the_result_is_lost_with_its_writer_when_reported_then_the_job_goes_on_from_its_last_package()
    {
        var lost = JobEvents.Named("lose one")(JobEvents.JobIn(JobPhase.Running)).State;
        var report = Samples.Finished() with { Ended = 1, Package = null };
        var outcome = JobStateMachine.Report(lost, report, Samples.Now, resumes: true);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
    }

    private static string[] Remind(JobState state, int held, Generation? newest = null) =>
        Names(JobStateMachine.Remind(state, Samples.Granted(held), newest, resumes: true, Samples.Now));

    private static string[] Names(JobStateMachine.Outcome outcome) =>
        [.. outcome.Commands.Select(c => c.GetType().Name)];
}
