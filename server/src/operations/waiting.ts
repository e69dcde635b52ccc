import type { Engine } from "../kernel/engine.ts";
import { type Generation, partsOf } from "../kernel/generation.ts";

/** Of what waits so many changes are counted, and not more: a bulk change notes millions. */
export const countedMax = 100_000;

// So long an oldest change that still waits is taken for the oldest.
const knownForMs = 10_000;

/** The oldest change that waits, by its place in the table of what is stale. */
interface Oldest {
  readonly place: string;
  readonly notedAt: string;
  readonly foundAtMs: number;
}

type Asking = Pick<Engine, "operationsPool" | "schemas">;

const known = new WeakMap<Asking["operationsPool"], Map<number, Oldest>>();

/** The age of an instant in ms, by the database's clock. */
export const ageMs = (instant: string) =>
  `(extract(epoch from clock_timestamp() - ${instant}) * 1000)::float8`;

/**
 * The SQL that tells of a generation `id`, how many changes are `pending`, up to `countedMax`, and
 * for how long the oldest waits. To find the oldest of more takes a walk through all of them, so
 * here it is told only if it is known and still there; otherwise it is null.
 */
export function waitingSql({ operationsPool, schemas }: Asking, generation: Generation): string {
  const { stale } = partsOf(generation, schemas);
  const oldest = known.get(operationsPool)?.get(generation.id);
  const isKnown = oldest && performance.now() - oldest.foundAtMs < knownForMs;
  const still = isKnown
    ? `(select ${ageMs("noted_at")} from ${stale}
        where ctid = '${oldest.place}' and noted_at = '${oldest.notedAt}')`
    : "null";
  return `select ${generation.id} as id, pending,
      case when pending < ${countedMax} then ${ageMs("oldest")} else ${still} end as waiting_ms
    from (select count(*)::int as pending, min(noted_at) as oldest
      from (select noted_at from ${stale} limit ${countedMax}) as counted) as counted`;
}

/** For how long the oldest change of a generation waits; null if none does. */
export async function readOldest(asking: Asking, generation: Generation): Promise<number | null> {
  const { rows } = await asking.operationsPool.query<{ waiting_ms: number | null }>(
    waitingSql(asking, generation),
  );
  return rows[0]?.waiting_ms ?? findOldest(asking, generation);
}

/**
 * For how long the oldest change of a generation waits, whatever it takes to find it; it is known
 * from then on. Only what a transaction noted before it and commits after it is older and not seen,
 * until it is looked for again.
 */
export async function findOldest(
  { operationsPool, schemas }: Asking,
  generation: Generation,
): Promise<number | null> {
  const { stale } = partsOf(generation, schemas);
  const { rows } = await operationsPool.query<{ place: string; noted_at: string; ms: number }>(
    `select ctid::text as place, noted_at::text, ${ageMs("noted_at")} as ms
     from ${stale} order by noted_at limit 1`,
  );
  const [found] = rows;
  if (!found) return null;
  const ofAll = known.get(operationsPool) ?? new Map<number, Oldest>();
  known.set(operationsPool, ofAll);
  const { place, noted_at: notedAt, ms } = found;
  ofAll.set(generation.id, { place, notedAt, foundAtMs: performance.now() });
  return ms;
}
