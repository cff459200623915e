namespace Neptune.ModelGraph.Tests;

public class NearestNamesTests
{
    [Theory]
    [InlineData("relu", "relu", 0)]
    [InlineData("rellu", "relu", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    public void Given_two_names_when_compared_then_it_is_the_levenshtein_distance(string a, string b, int expected)
    {
        Assert.Equal(expected, NearestNames.Distance(a, b));
        Assert.Equal(expected, NearestNames.Distance(b, a));
    }

    [Fact]
    public void Given_a_misspelt_name_when_offered_then_the_nearest_come_first() =>
        Assert.Equal(
            "Did you mean adam or adamw? Valid are: adam, adamw, sgd.",
            NearestNames.Offer("Adm", ["sgd", "adamw", "adam"])
        );

    [Fact]
    public void Given_a_very_long_name_when_offered_then_it_is_not_compared() =>
        Assert.Equal("Valid are: adam.", NearestNames.Offer(new string('a', 50_000_000), ["adam"]));
}
