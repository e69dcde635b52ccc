import pg from "pg";

/** Watches from outside, on a connection of its own, what each refresh of a group made visible. */
export interface Visibility {
  /**
   * Ends the watch once everything that was committed by now is visible, and answers how long each
   * transaction took to become so, in ms: by the database's clock, from when its journal row was
   * written (a little before the commit) to when this watcher found it visible (a little after).
   */
  lagsMs(): Promise<number[]>;
  /** The same by transaction, of these alone: a group need not be refreshed after others. */
  lagsOf(xids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>>;
}

interface Snapshot {
  readonly atMs: number;
  readonly xmin: bigint;
  readonly xmax: bigint;
  readonly running: ReadonlySet<bigint>;
}

const groupSql = `select snapshot::text as snapshot,
    extract(epoch from clock_timestamp())::float8 * 1000 as at_ms
  from selvedge.refresh_group where name = $1`;

/** Begins to watch; what is in the journal already does not count. */
export async function watchVisibility(databaseUrl: string, group: string): Promise<Visibility> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const snapshots: Snapshot[] = [];
  let isLooking = false;
  let again = false;
  const look = async () => {
    isLooking = true;
    do {
      again = false;
      const { rows } = await client.query<{ snapshot: string; at_ms: number }>({
        name: "snapshot",
        text: groupSql,
        values: [group],
      });
      if (rows[0]) snapshots.push(snapshotOf(rows[0].snapshot, rows[0].at_ms));
    } while (again);
    isLooking = false;
  };
  client.on("notification", ({ payload }) => {
    if (payload !== group) return;
    again = true;
    if (!isLooking) void look();
  });
  const started = await client.query<{ position: string }>(
    "select coalesce(max(position), 0) as position from selvedge.journal",
  );
  await client.query("listen selvedge_refreshed");
  const lagsOf = async (xids?: ReadonlySet<string>) => {
    const { rows } = await client.query<{ xid: string; at_ms: number }>(
      `select xid::text as xid, extract(epoch from min(at))::float8 * 1000 as at_ms
       from selvedge.journal where position > $1 group by xid`,
      [started.rows[0]?.position],
    );
    const written = rows
      .filter(({ xid }) => xids?.has(xid) ?? true)
      .map(({ xid, at_ms }) => ({ xid: BigInt(xid), atMs: at_ms }));
    await allVisible(written, snapshots);
    await client.end();
    return new Map(
      written.map(({ xid, atMs }) => [String(xid), firstVisible(xid, snapshots) - atMs]),
    );
  };
  return { lagsMs: async () => [...(await lagsOf()).values()], lagsOf };
}

async function allVisible(
  written: readonly { xid: bigint }[],
  snapshots: readonly Snapshot[],
): Promise<void> {
  if (written.length === 0) return;
  const deadline = performance.now() + 30_000;
  for (;;) {
    const last = snapshots.at(-1);
    if (last && written.every(({ xid }) => isVisible(xid, last))) return;
    if (performance.now() > deadline) throw new Error("Not all became visible within 30 s.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function firstVisible(xid: bigint, snapshots: readonly Snapshot[]): number {
  return snapshots.find((snapshot) => isVisible(xid, snapshot))?.atMs ?? Number.NaN;
}

function isVisible(xid: bigint, { xmin, xmax, running }: Snapshot): boolean {
  return xid < xmin || (xid < xmax && !running.has(xid));
}

function snapshotOf(text: string, atMs: number): Snapshot {
  const [xmin = "0", xmax = "0", running = ""] = text.split(":");
  const xids = running === "" ? [] : running.split(",").map(BigInt);
  return { atMs, xmin: BigInt(xmin), xmax: BigInt(xmax), running: new Set(xids) };
}
