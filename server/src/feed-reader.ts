import type { FreshnessContract, RequestContext } from "./kernel/context.ts";
import type { Engine } from "./kernel/engine.ts";
import { writePosition } from "./modules/journal/feed-position.ts";
import { appRouter } from "./router.gen.ts";

/** An event as the feed tells it. */
export interface FeedEvent {
  /** Where to go on from after this event; it is this event's alone. */
  readonly position: string;
  /** ISO 8601, the database's clock. */
  readonly at: string;
  /** The aggregate that it happened to, and which of its events it is. */
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Who sent the command that it is of, and under which id. */
  readonly partner: string;
  readonly commandId: string;
  readonly actor: string;
}

/** Some of the feed. */
export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Where to go on from, whether there were events or not. */
  readonly position: string;
  readonly caughtUp: boolean;
}

const freshness: FreshnessContract = {
  ...{ atLeast: [], maxStaleMs: undefined, onMiss: "serve", deadlineMs: 5_000 },
};

/** For whom the feed is read, and what of it. */
export interface FeedReading {
  readonly tenant: string;
  readonly partner: string;
  /** Who reads, for the logs. */
  readonly reader: string;
  readonly after: string;
  readonly limit: number;
  readonly types?: readonly string[] | null | undefined;
  readonly kinds?: readonly string[] | null | undefined;
}

/** Reads what is next in the feed, as the reader would ask `journal.events` for it. */
export async function readFeed(
  engine: Engine,
  { tenant, partner, reader, after, limit, types, kinds }: FeedReading,
): Promise<FeedPage> {
  const ctx = {
    // This process tells; whether it answers queries to others is another matter.
    engine: { ...engine, roles: new Set(["query"] as const) },
    identity: { tenant, partner, actor: reader, scopes: ["journal:read"] },
    ...{ commandId: undefined, requestId: reader },
  };
  return askFeed(appRouter, ctx, {
    ...{ after, limit },
    ...(types && { types }),
    ...(kinds && { kinds }),
  });
}

/** Asks `journal.events` for what there is: no read model is waited for. */
export async function askFeed(
  router: Pick<typeof appRouter, "createCaller">,
  ctx: Omit<RequestContext, "freshness">,
  input: object,
): Promise<FeedPage> {
  const caller = router.createCaller({ ...ctx, freshness }) as unknown as Caller;
  return (await caller.journal.events(input)).data;
}

/** Behind all that has ended. What is in progress is told: nobody knows when it was done. */
export async function positionOfNow({
  operationsPool,
  epoch,
}: Pick<Engine, "operationsPool" | "epoch">): Promise<string> {
  const { rows } = await operationsPool.query<{ transaction: string }>(
    "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 as transaction",
  );
  const transaction = Number(rows[0]?.transaction);
  return writePosition(epoch, { transaction, position: Number.MAX_SAFE_INTEGER });
}

interface Caller {
  readonly journal: { events(input: unknown): Promise<{ readonly data: FeedPage }> };
}
