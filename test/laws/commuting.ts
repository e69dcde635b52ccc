import { randomUUID } from "node:crypto";
import { type Names, withIds } from "./base-world.ts";
import type { Ask, Desk } from "./desk.ts";
import { supplyOf, unlikeAfterTryingAgain } from "./supply.ts";
import { differences, mirror, pairIds, rowsOf, type World } from "./worlds.ts";

/** Two commands, and what happened before them. */
export interface Meeting {
  readonly before: readonly Ask[];
  readonly pair: readonly [Ask, Ask];
}

/** What came of a meeting. */
export interface Verdict {
  /** Whether each was accepted by itself, and both concern at least one same thing. */
  readonly met: boolean;
  /** Why they do not commute; empty where they do. */
  readonly broken: readonly string[];
}

/*
 * Of some things there is only so much: room in a bin, pieces that were announced, a name. Who
 * comes second is told that it is taken; that is no disagreement, whoever of both it is.
 */
const scarce = new Set([
  ...["bin-full", "over-receipt", "piece-not-shipped"],
  ...["batch-ref-taken", "lpn-taken", "bin-differs", "variant-differs"],
  ...["external-ref-taken", "task-ended"],
]);

const apart: Verdict = { met: false, broken: [] };

/**
 * Lets two commands meet in the base world: in one copy of it in this order, in another one in the
 * other. They commute where each, accepted by itself, is accepted after the other too, unless for
 * what is scarce, and both copies end alike.
 */
export async function meet(
  desk: Desk,
  base: { readonly tenant: string; readonly names: Names },
  { before, pair: [x, y] }: Meeting,
): Promise<Verdict> {
  const { database } = desk;
  const [one, other] = [randomUUID(), randomUUID()];
  const send = (ask: Ask, tenant: string, commandId: string = randomUUID()) =>
    desk.send(withIds(ask, base.names), { tenant, commandId });
  await mirror(database, base.tenant, one);
  for (const ask of before) await send(ask, one);
  await mirror(database, one, other);
  const sinceMs = Date.now();

  const xFirst = await send(x, one, pairIds[0]);
  if (!xFirst.ok) return apart;
  const yFirst = await send(y, other, pairIds[1]);
  if (!yFirst.ok) return apart;
  const worlds: [World, World] = [
    { tenant: one, outcomes: [xFirst, await send(y, one, pairIds[1])] },
    { tenant: other, outcomes: [await send(x, other, pairIds[0]), yFirst] },
  ];
  if (!(await concernTheSame(desk, worlds, [x, y]))) return apart;
  const noes = worlds.flatMap(({ outcomes }) =>
    outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.reason])),
  );
  const harsh = noes.filter((reason) => !scarce.has(reason));
  if (noes.length > 0) return { met: true, broken: harsh.map((reason) => `refused: ${reason}`) };
  const supply = supplyOf([x, y]);
  const broken = supply
    ? await unlikeAfterTryingAgain(desk, worlds, supply, sinceMs)
    : await unlike(desk, worlds, sinceMs);
  return { met: true, broken };
}

async function unlike(
  { database }: Desk,
  [one, other]: readonly [World, World],
  sinceMs: number,
): Promise<string[]> {
  return differences(await rowsOf(database, one, sinceMs), await rowsOf(database, other, sinceMs));
}

/** Whether there is an aggregate that both leave events on, or a bin that both name. */
async function concernTheSame(
  { database }: Desk,
  worlds: readonly World[],
  pair: Meeting["pair"],
): Promise<boolean> {
  const [x, y] = pair.map(({ input }) => {
    const { bin, toBin = bin } = input as { bin?: string; toBin?: string };
    return toBin;
  });
  if (x !== undefined && x === y) return true;
  const rows = await database.query(
    `select from selvedge.journal as x join selvedge.journal as y using (kind, id)
     where x.tenant = any ($1) and y.tenant = any ($1) and x.command_id = $2 and y.command_id = $3
     limit 1`,
    [worlds.map(({ tenant }) => tenant), ...pairIds],
  );
  return rows.length > 0;
}
