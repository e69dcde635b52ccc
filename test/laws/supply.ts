import { randomUUID } from "node:crypto";
import type { Meeting } from "./commuting.ts";
import type { Desk } from "./desk.ts";
import { differences, type Row, rowsOf, type World, withNames } from "./worlds.ts";

/** Which of a pair brings stock that the other may want: the first or the second. */
export interface Supply {
  readonly bringer: 0 | 1;
  readonly wanter: 0 | 1;
}

const brings = new Set(["stock.addBatch", "inbound.receiveLot", "garments.putAway"]);
const wants = new Set(["stock.allocateLine", "orders.placeOrder", "stock.changeBatchQuantity"]);

/** Says which of a pair brings stock that the other may want, where one does. */
export function supplyOf([x, y]: Meeting["pair"]): Supply | undefined {
  if (brings.has(x.path) && wants.has(y.path)) return { bringer: 0, wanter: 1 };
  if (brings.has(y.path) && wants.has(x.path)) return { bringer: 1, wanter: 0 };
  return undefined;
}

interface Line {
  readonly orderId: string;
  readonly line: number;
}

/** What a world looks like to the lines that wanted stock in it. */
interface Seen {
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
  /** What each line has, and how good that is: the lower, the better. */
  readonly sources: readonly { readonly from: string; readonly worth: number }[];
}

/**
 * What differs between worlds of which one was brought stock before somebody wanted some, and the
 * other after, where it may not. That a line waits is no error but a state, which ends when it
 * tries again: they are to be alike once the lines have. A line that did with less good stock
 * before better came keeps it: then all else is alike, but for what is left to lines that choose
 * after it.
 */
export async function unlikeAfterTryingAgain(
  desk: Desk,
  worlds: readonly [World, World],
  { bringer, wanter }: Supply,
  sinceMs: number,
): Promise<string[]> {
  const one = await tryAgain(desk, worlds[0], wanter, sinceMs);
  const other = await tryAgain(desk, worlds[1], wanter, sinceMs);
  const strict = differences(one.rows, other.rows);
  const [after, before] = bringer === 0 ? [one, other] : [other, one];
  const i = after.sources.findIndex(({ from }, at) => from !== before.sources[at]?.from);
  const [chosenAfter, chosenBefore] = [after.sources[i], before.sources[i]];
  if (!chosenAfter || !chosenBefore || chosenAfter.worth >= chosenBefore.worth) return strict;
  const pieces = new Set([...piecesOf(one), ...piecesOf(other)]);
  return differences(leavingOut(one, pieces), leavingOut(other, pieces));
}

async function tryAgain(
  desk: Desk,
  world: World,
  wanter: Supply["wanter"],
  sinceMs: number,
): Promise<Seen> {
  const { tenant } = world;
  const { database } = desk;
  const lines = linesOf(world, wanter);
  for (const { orderId, line } of lines) {
    const ask = { path: "stock.allocateLine", input: { orderId, line } };
    await desk.send(ask, { tenant, commandId: randomUUID() });
  }
  const sources = [];
  for (const { orderId, line } of lines) {
    const [source] = await database.query<{ from: string; worth: number }>(
      `select coalesce(a.batch, g.pieces, 'nothing') as from,
         case when b.received_at is not null then 1 when g.pieces is not null then 2
           when b.ref is not null then 3 else 4 end as worth
       from (values ($1, $2::uuid, $3::int)) as wanted (tenant, order_id, line)
       left join selvedge.allocation as a using (tenant, order_id, line)
       left join selvedge.batch as b on b.tenant = a.tenant and b.ref = a.batch
       left join lateral (
         select string_agg(lpn, ' ' order by lpn) as pieces from selvedge.garment as g
         where g.tenant = wanted.tenant and g.order_id = wanted.order_id
           and g.order_line = wanted.line
       ) as g on true`,
      [tenant, orderId, line],
    );
    if (source) sources.push(source);
  }
  const rows = await rowsOf(database, world, sinceMs);
  return { rows, lines: lines.map((one) => withNames(one, world)), sources };
}

/** The lines that wanted stock, in the order in which they chose. */
function linesOf({ outcomes }: World, wanter: Supply["wanter"]): readonly Line[] {
  const outcome = outcomes[wanter];
  const { orderId, line, lines, deallocated } = (
    outcome.ok ? outcome.data : {}
  ) as Partial<Line> & {
    readonly lines?: readonly { readonly line: number }[];
    readonly deallocated?: readonly Line[];
  };
  // Whoever is the least urgent loses first, and chooses last.
  if (deallocated) return deallocated.toReversed();
  if (orderId === undefined) return [];
  return (lines ?? (line === undefined ? [] : [{ line }])).map(({ line }) => ({ orderId, line }));
}

/** The rows without what says which stock the lines have, in either world. */
function leavingOut({ rows, lines }: Seen, pieces: ReadonlySet<unknown>): Row[] {
  const ofLines = (orderId: unknown, line: unknown) =>
    lines.some((one) => one.orderId === orderId && one.line === line);
  return rows.flatMap(({ table, facts }) => {
    const { data, version, allocated, ...others } = facts;
    const { orderId, line } = (data ?? {}) as Partial<Line>;
    const chosen = ["LineAllocated", "PieceReserved"].some((type) => type === facts.type);
    if (table === "journal" && chosen && ofLines(orderId, line)) return [];
    if (table === "allocation" && ofLines(facts.order_id, facts.line)) return [];
    if (table === "garment" && pieces.has(facts.lpn)) return [];
    if (table === "sku_stock") return [{ table, facts: { ...others, allocated } }];
    if (table === "batch") return [{ table, facts: { ...others, version } }];
    return [{ table, facts }];
  });
}

function piecesOf({ rows, lines }: Seen): unknown[] {
  return rows
    .filter(({ table, facts }) =>
      lines.some(
        ({ orderId, line }) =>
          table === "garment" && facts.order_id === orderId && facts.order_line === line,
      ),
    )
    .map(({ facts }) => facts.lpn);
}
