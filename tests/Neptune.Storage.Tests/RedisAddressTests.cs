using System.Net;

namespace Neptune.Storage.Tests;

public class RedisAddressTests
{
    [Theory]
    [InlineData("localhost:6379", "localhost:6379")]
    [InlineData("localhost", "localhost:6379")]
    [InlineData("10.0.0.1:7000,10.0.0.2:7000,password=secret,ssl=true", "10.0.0.1:7000,10.0.0.2:7000")]
    [InlineData("redis.example:6380,user=neptune,password=secret,abortConnect=false", "redis.example:6380")]
    [InlineData("[::1]:6379,defaultDatabase=3", "[::1]:6379")]
    public void Given_a_connection_string_when_shown_then_hosts_and_ports_are_there_and_no_password(
        string text,
        string shown
    )
    {
        var address = RedisAddress.Parse(text);
        Assert.Equal(shown, address.Shown);
        Assert.Equal(text, address.Text);
    }

    [Theory]
    [InlineData("", "it names no host")]
    [InlineData("password=secret", "it names no host")]
    [InlineData("localhost:66000", "66000")]
    [InlineData("localhost:6379,sll=true,password=secret", "sll")]
    public void Given_what_is_no_connection_string_when_read_then_the_message_says_what_is_wrong_and_no_password(
        string text,
        string said
    )
    {
        var error = Assert.Throws<ArgumentException>(() => RedisAddress.Parse(text));
        Assert.StartsWith("--redis is no address of Redis: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Given_options_of_the_client_when_read_then_they_reach_it()
    {
        var options = RedisAddress
            .Parse("localhost:6379,user=neptune,password=secret,ssl=true,abortConnect=false,connectTimeout=1234")
            .Options;
        Assert.Equal(("neptune", "secret"), (options.User, options.Password));
        Assert.True(options.Ssl);
        Assert.False(options.AbortOnConnectFail);
        Assert.Equal(1234, options.ConnectTimeout);
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("127.0.0.1:6379")]
    public void Given_a_redis_on_loopback_when_asked_for_the_local_address_then_it_is_loopback(string text) =>
        Assert.True(IPAddress.IsLoopback(RedisAddress.Parse(text).LocalAddress()));

    [Fact]
    public void Given_a_host_that_nobody_knows_when_asked_for_the_local_address_then_the_message_says_so()
    {
        var error = Assert.Throws<StorageException>(() => RedisAddress.Parse("nowhere.invalid:6379").LocalAddress());
        Assert.Contains("The store (Redis at nowhere.invalid:6379) cannot be reached", error.Message);
    }
}
