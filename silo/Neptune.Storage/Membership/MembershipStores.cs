using Neptune.Planning;

namespace Neptune.Storage;

/// <summary>Gives each kind of store its membership part.</summary>
public static class MembershipStores
{
    /// <summary>Memberships of a cluster, in Redis.</summary>
    public static IMembershipStore Memberships(this RedisStore store, string serviceId) =>
        new MembershipStore(new RedisRecordTables(store, serviceId));

    /// <summary>Memberships of an embedded cluster, in its SQLite file.</summary>
    public static IMembershipStore Memberships(this SqliteDatabase database) =>
        new MembershipStore(new SqliteRecordTables(database));
}
