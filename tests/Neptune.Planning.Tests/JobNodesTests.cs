using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>How nodes come to a running job, and go.</summary>
public sealed class JobNodesTests
{
    [Fact]
    public void Given_memberships_that_the_job_did_not_hear_of_when_it_follows_then_the_history_shows_them_too()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var missed = Samples.Next(JobEvents.Named("lose one")(running).State);
        var newest = missed with { Number = 3, Left = [], Cause = "the shards are cut anew" };
        var changes = JobStateMachine.Follow(running, newest, missed).State.Snapshot.Generations;
        Assert.Equal([1, 2, 3], changes.Select(c => c.Number));
        Assert.Equal([Samples.Node(1)], changes[1].Left.Select(l => l.Node));
    }

    [Fact]
    public void Given_a_grant_that_was_asked_for_before_a_scale_down_when_it_comes_then_what_is_too_much_goes_back()
    {
        var running = JobEvents.JobIn(JobPhase.Running);
        var grown = JobStateMachine.Scale(running, 4);
        Assert.Equal(new JobCommand.Enqueue(new(Samples.Job, 1, 2, Grows: true)), Assert.Single(grown.Commands));
        var scaled = JobStateMachine.Scale(grown.State, 3).State;
        var granted = Samples.Granted(4).Skip(2).ToImmutableArray();
        var outcome = JobStateMachine.Grant(scaled, 1, granted, 0, Samples.Token, Samples.Now);
        Assert.Equal([Samples.Node(2)], outcome.State.Recruits.AsEnumerable());
        var back = Assert.Single(outcome.Commands.OfType<JobCommand.Return>());
        Assert.Equal([Samples.Node(3)], back.Nodes.AsEnumerable());
    }

    [Fact]
    public void Given_a_job_that_asked_for_more_when_scaled_down_then_the_scheduler_hears_that_it_wants_no_more() =>
        Assert.Contains(
            new JobCommand.Enqueue(new(Samples.Job, 1, 0, Grows: true)),
            JobEvents.Named("scale down")(JobEvents.JobIn(JobPhase.Running)).Commands
        );

    [Fact]
    public void Given_a_running_job_when_scaled_down_then_the_last_to_come_are_asked_to_leave_and_given_back_once_gone()
    {
        var scaled = JobEvents.Named("scale down")(JobEvents.JobIn(JobPhase.Running));
        var dismissed = Assert.IsType<JobCommand.Dismiss>(scaled.Commands[0]);
        Assert.Equal(
            [new Departure(Samples.Node(1), "the job was scaled to 1 nodes")],
            dismissed.Departures.AsEnumerable()
        );
        var followed = JobStateMachine.Follow(scaled.State, Samples.Next(scaled.State));
        var back = Assert.Single(followed.Commands.OfType<JobCommand.Return>());
        Assert.Equal([Samples.Node(1)], back.Nodes.AsEnumerable());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Given_a_number_of_nodes_that_is_not_possible_when_scaled_to_then_it_is_refused(int nodes)
    {
        var error = Assert.Throws<InvalidInputException>(() =>
            JobStateMachine.Scale(JobEvents.JobIn(JobPhase.Running), nodes)
        );
        Assert.Equal(
            $"The job cannot be scaled: nodes is {nodes}. Ask for 1 to 1024. To end it, cancel it.",
            error.Message
        );
    }

    [Fact]
    public void Given_a_job_that_has_ended_when_scaled_then_it_is_refused() =>
        Assert.Throws<ConflictException>(() => JobStateMachine.Scale(JobEvents.JobIn(JobPhase.Succeeded), 3));
}
