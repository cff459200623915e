using System.Text.RegularExpressions;

namespace Neptune.Architecture.Tests;

/// <summary>A newcomer guesses a file's name and reads it in one sitting.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 400;

    [Fact]
    public void Given_a_file_when_read_then_it_has_at_most_400_lines() =>
        Assert.Empty(
            Repository.FilesOf("*.cs").Where(f => File.ReadLines(f).Count() > MostLines).Select(Repository.Relative)
        );

    [Fact]
    public void Given_a_file_of_a_product_when_it_declares_a_public_type_then_it_is_one_and_the_file_bears_its_name()
    {
        var wrong =
            from file in Repository.ProductSources
            let types = PublicType().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).ToArray()
            where types.Length > 1 || types.Any(t => t != Path.GetFileName(file).Split('.')[0])
            select $"{Repository.Relative(file)} declares {string.Join(", ", types)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Given_a_public_type_when_named_then_it_does_not_bear_a_projects_last_word()
    {
        var words = Repository.Products.Select(p => p.Key[(p.Key.LastIndexOf('.') + 1)..]).ToHashSet();
        Assert.Empty(Products.Types.Where(t => t.IsPublic && words.Contains(t.Name)).Select(t => t.FullName));
    }

    [Fact]
    public void Given_a_product_when_built_then_these_tests_know_its_assembly() =>
        Assert.Equal(Repository.Products.Count(), Products.All.Distinct().Count());

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:class|struct|interface|enum|delegate|record(?: struct| class)?) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex PublicType();
}
