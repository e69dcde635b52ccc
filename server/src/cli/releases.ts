import type { GenerationsData, Selvedge } from "@selvedge/sdk";
import { CliError, type CliIo } from "./cli-io.ts";

/* What is decided of a changed read model that waits because it would change what is read. */

type Generation = GenerationsData["generations"][number];

interface Options {
  readonly reason: string;
}

/** `selvedge projections accept`: tells how it differs, and lets it take its place. */
export async function accept(
  client: Selvedge,
  readModel: string,
  { reason }: Options,
  io: CliIo,
): Promise<void> {
  const waiting = await waitingOf(client, readModel);
  io.out(differenceOf(waiting));
  await client.operations.acceptRelease({ readModel, generation: waiting.id, reason });
  io.out(`${readModel} is accepted; the next refresh puts it in its place.`);
}

/** `selvedge projections compare`: has it compared anew. */
export async function compare(
  client: Selvedge,
  readModel: string,
  { reason }: Options,
  io: CliIo,
): Promise<void> {
  const { id: generation } = await waitingOf(client, readModel);
  await client.operations.compareRelease({ readModel, generation, reason });
  io.out(`${readModel} is being compared anew; status tells how it differs.`);
}

/** `selvedge projections discard`: drops it. */
export async function discard(
  client: Selvedge,
  readModel: string,
  { reason }: Options,
  io: CliIo,
): Promise<void> {
  const { id: generation } = await waitingOf(client, readModel);
  await client.operations.discardRelease({ readModel, generation, reason });
  io.out(`What waited of ${readModel} is dropped; what is read stays as it is.`);
}

/** How a generation differs from what is read, in a line. */
export function differenceOf({ comparison, comparedAt }: Generation): string {
  if (comparedAt === null) return "It is being compared anew.";
  if (comparison === null) return "It has another key, so its rows cannot be compared.";
  const { added, removed, different, changed } = comparison;
  const columns = Object.entries(changed).flatMap(([column, rows]) =>
    rows > 0 ? [`${column} (${rows})`] : [],
  );
  const where = columns.length > 0 ? ` in ${columns.join(", ")}` : "";
  return `Compared at ${comparedAt}: ${added} added, ${removed} removed, ${different} changed${where}.`;
}

async function waitingOf(client: Selvedge, readModel: string): Promise<Generation> {
  const { generations } = await client.operations.generations({ readModel });
  const waiting = generations.find(({ waitingSince }) => waitingSince !== null);
  if (!waiting) throw new CliError(`nothing of ${readModel} waits to be accepted`);
  return waiting;
}
