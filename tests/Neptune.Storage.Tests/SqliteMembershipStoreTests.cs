using Neptune.Planning;

namespace Neptune.Storage.Tests;

public sealed class SqliteMembershipStoreTests : MembershipStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteMembershipStoreTests() => _database = SqliteDatabase.Open(_folder.At("state.db"));

    internal override IMembershipStore Store => _database.Memberships();

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
