import type { GenerationsData, Selvedge } from "@selvedge/sdk";
import type { CliIo } from "./cli-io.ts";

/* What is decided of a changed read model that waits because it would change what is read. */

type Generation = GenerationsData["generations"][number];

interface Options {
  readonly reason: string;
  readonly generation: number;
}

type Decide = (client: Selvedge, readModel: string, options: Options, io: CliIo) => Promise<void>;
type Decision = "acceptRelease" | "compareRelease" | "discardRelease";

function deciding(decision: Decision, said: (readModel: string) => string): Decide {
  return async ({ operations }, readModel, { reason, generation }, io) => {
    await operations[decision]({ readModel, generation, reason });
    io.out(said(readModel));
  };
}

/** `selvedge projections accept`: lets it take its place. */
export const accept = deciding(
  "acceptRelease",
  (readModel) => `${readModel} is accepted; the next refresh puts it in its place.`,
);

/** `selvedge projections compare`: has it compared anew. */
export const compare = deciding(
  "compareRelease",
  (readModel) => `${readModel} is being compared anew; status tells how it differs.`,
);

/** `selvedge projections discard`: drops it. */
export const discard = deciding(
  "discardRelease",
  (readModel) => `What waited of ${readModel} is dropped; what is read stays as it is.`,
);

/** How a generation differs from what is read, in a line. */
export function differenceOf({ id, comparison, comparedAt }: Generation): string {
  if (comparedAt === null) return `${id} is being compared anew.`;
  if (comparison === null) return `${id} cannot be compared with what is read.`;
  const { added, removed, different, changed, leftOut = 0 } = comparison;
  const columns = Object.entries(changed).flatMap(([column, rows]) =>
    rows > 0 ? [`${column} (${rows})`] : [],
  );
  const where = columns.length > 0 ? ` in ${columns.join(", ")}` : "";
  const unseen = leftOut > 0 ? `; ${leftOut} pending keys were not compared` : "";
  const counts = `${added} added, ${removed} removed, ${different} changed${where}${unseen}`;
  return `${id}, compared at ${comparedAt}: ${counts}.`;
}
