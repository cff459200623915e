using System.Text.Json;
using System.Text.Json.Serialization;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>Laws over any life of a job: any events in any order, repeated and late.</summary>
public sealed class JobLifeTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly Gen<(string Happening, long Step)[]> Lives = Gen.Select(
        Gen.Int[0, JobEvents.All.Length - 1].Select(i => JobEvents.All[i]),
        Gen.Long[0, 90]
    ).Array[0, 40];

    [Fact]
    public void Given_any_events_when_replayed_then_the_state_is_the_same() =>
        Lives.Sample(life => Assert.Equal(Text(Live(life).Last()), Text(Live(life).Last())));

    [Fact]
    public void Given_any_events_when_each_comes_twice_then_the_state_is_the_same() =>
        Lives.Sample(life =>
        {
            // A job resumed twice has ended in between, and each membership followed is a new one.
            var twice = life.SelectMany(e => e.Happening is "resume" or "follow" ? [e] : new[] { e, e }).ToArray();
            Assert.Equal(Text(Live(life).Last()), Text(Live(twice).Last()));
        });

    [Fact]
    public void Given_any_events_when_a_job_has_ended_then_only_its_owner_moves_it() =>
        EachStep(
            (before, happening, after) =>
            {
                var byOwner =
                    happening == "resume" || (happening == "cancel" && before.Snapshot.Phase == JobPhase.Paused);
                if (before.Snapshot.HasEnded && !byOwner)
                {
                    Assert.Same(before, after.State);
                }
            }
        );

    [Fact]
    public void Given_any_events_when_the_state_changes_then_the_revision_rises_and_else_it_stays() =>
        EachStep(
            (before, _, after) =>
                Assert.Equal(
                    !ReferenceEquals(before, after.State),
                    after.State.Snapshot.Revision > before.Snapshot.Revision
                )
        );

    [Fact]
    public void Given_any_events_when_a_job_lives_then_attempts_generations_and_an_attempts_steps_never_go_back() =>
        EachStep(
            (before, _, after) =>
            {
                Assert.True(after.State.Attempt >= before.Attempt);
                Assert.True(after.State.Snapshot.Generation >= before.Snapshot.Generation);
                if (after.State.Attempt == before.Attempt)
                {
                    Assert.True(after.State.Snapshot.Step >= before.Snapshot.Step);
                }
            }
        );

    [Fact]
    public void Given_any_events_when_a_job_ends_then_its_nodes_are_given_back_and_the_time_is_noted() =>
        EachStep(
            (before, _, after) =>
            {
                var (was, now) = (before.Snapshot, after.State.Snapshot);
                Assert.Equal(now.HasEnded, now.EndedAt is not null);
                if (!was.HasEnded && now.HasEnded)
                {
                    Assert.Contains(new JobCommand.Release(), after.Commands);
                }
            }
        );

    [Fact]
    public void Given_any_events_when_nodes_are_used_then_the_generation_is_that_of_the_snapshot() =>
        EachStep(
            (_, _, after) =>
            {
                var snapshot = after.State.Snapshot;
                Assert.Equal(snapshot.Generation, after.State.Generation?.Number ?? 0);
                Assert.Equal(snapshot.Ranks.AsEnumerable(), after.State.Generation?.Ranks ?? []);
                foreach (var command in after.Commands)
                {
                    Assert.True(
                        command is not JobCommand.StartTree start || start.Generation == after.State.Generation
                    );
                    Assert.True(command is not JobCommand.StopTree stop || stop.Generation == after.State.Generation);
                    Assert.True(
                        command is not JobCommand.Enqueue enqueue || enqueue.Job.Attempt == after.State.Attempt
                    );
                }
            }
        );

    private static void EachStep(Action<JobState, string, JobStateMachine.Outcome> check) =>
        Lives.Sample(life =>
        {
            var state = JobEvents.JobIn(JobPhase.Queued);
            foreach (var (happening, step) in life)
            {
                if (Apply(state, happening, step) is { } outcome)
                {
                    check(state, happening, outcome);
                    state = outcome.State;
                }
            }
        });

    private static IEnumerable<JobState> Live((string Happening, long Step)[] life)
    {
        var state = JobEvents.JobIn(JobPhase.Queued);
        yield return state;
        foreach (var (happening, step) in life)
        {
            state = Apply(state, happening, step)?.State ?? state;
            yield return state;
        }
    }

    private static JobStateMachine.Outcome? Apply(JobState state, string happening, long step)
    {
        try
        {
            return JobEvents.Named(happening, step)(state);
        }
        catch (ConflictException)
        {
            return null;
        }
    }

    // Revisions count changes, not content: a repeated report is a change without news.
    private static string Text(JobState state) =>
        JsonSerializer.Serialize(state with { Snapshot = state.Snapshot with { Revision = 0 } }, Json);
}
