import { quoted } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { OrdersMapping } from "./mapping.ts";
import { type Outcome, wasShipped } from "./outcomes.ts";
import type { SourceRow } from "./source-rows.ts";
import { readWhenIfAny } from "./when.ts";

/** When a row says that things happened, with what is wrong or worth noting about it. */
export interface ReadTimes {
  readonly handedOverAt: string | null;
  readonly deliveredAt: string | null;
  readonly causes: readonly string[];
  readonly notes: readonly string[];
}

/** What is known of the row before its times are read. */
export interface OrderedLine {
  /** Empty where the row does not say. */
  readonly orderedAt: string;
  readonly outcome: Outcome;
}

const steps = ["date", "approvedAt", "handedOverAt", "deliveredAt"] as const;
type Stated = Record<(typeof steps)[number], string | null>;

/**
 * Reads when a carrier took a line's parcel and when that was there. Times that contradict the
 * line's status, each other, or the clock are noted; those that the warehouse would refuse are left
 * out, and the step is done without them.
 */
export function readTimes(
  row: SourceRow,
  columns: Columns,
  { dateFormat }: OrdersMapping,
  { orderedAt, outcome }: OrderedLine,
): ReadTimes {
  const causes: string[] = [];
  const read = (field: string) => {
    const cell = readWhenIfAny(row, columns, field, dateFormat);
    if (!cell.ok) causes.push(cell.cause);
    return cell.ok ? cell.value : null;
  };
  const stated: Stated = {
    date: orderedAt || null,
    approvedAt: read("approvedAt"),
    handedOverAt: read("handedOverAt"),
    deliveredAt: read("deliveredAt"),
  };
  const now = new Date().toISOString();
  const handedOverAt = wasShipped(outcome) ? within(stated.handedOverAt, orderedAt, now) : null;
  const isThere = outcome === "delivered" || outcome === "returning" || outcome === "returned";
  const deliveredAt =
    isThere && handedOverAt !== null ? within(stated.deliveredAt, handedOverAt, now) : null;
  const used = { handedOverAt, deliveredAt };
  const notes = [
    ...sequenceNotes(stated, columns),
    ...steps.flatMap((step) => {
      const at = stated[step];
      return at !== null && at > now
        ? [`a time is in the future (${told(columns, step, at)})`]
        : [];
    }),
    ...contradictions(row, columns, stated, outcome),
    ...untoldNotes(columns, { stated, used, outcome }),
  ];
  return { ...used, causes, notes };
}

function within(at: string | null, from: string, to: string): string | null {
  return at !== null && at >= from && at <= to ? at : null;
}

/** Steps that are told in another order than they can have happened. */
function sequenceNotes(stated: Stated, columns: Columns): string[] {
  const known = steps.flatMap((step) => {
    const at = stated[step];
    return at === null ? [] : [{ step, at }];
  });
  const backwards = known.flatMap(({ step, at }, i) => {
    const before = known[i - 1];
    if (before === undefined || before.at <= at) return [];
    return [`${told(columns, step, at)} is before ${told(columns, before.step, before.at)}`];
  });
  return backwards.length === 0 ? [] : [`${outOfSequence} (${backwards.join(", ")})`];
}

/** What the notes say of a row whose times cannot all be true. */
export const outOfSequence = "the times are out of sequence";

function told(columns: Columns, step: string, at: string): string {
  return `${columns.nameOf(step)} ${at.replace(/(:00)?\.000Z$/, "Z")}`;
}

function contradictions(
  row: SourceRow,
  columns: Columns,
  { handedOverAt, deliveredAt }: Stated,
  outcome: Outcome,
): string[] {
  const handed = wasShipped(outcome) ? null : handedOverAt;
  const delivered = !wasShipped(outcome) || outcome === "shipped" || outcome === "lost";
  const against = [
    ...(handed === null ? [] : [columns.nameOf("handedOverAt")]),
    ...(delivered && deliveredAt !== null ? [columns.nameOf("deliveredAt")] : []),
  ];
  if (against.length === 0) return [];
  const status = columns.nameOf("status");
  const word = quoted(columns.textOf(row, "status"));
  return [`${status} ${word} contradicts ${against.join(" and ")}: ${status} is taken`];
}

/** Steps that are done without the carrier's time, though the file has a column for it. */
function untoldNotes(
  columns: Columns,
  {
    stated,
    used,
    outcome,
  }: { stated: Stated; used: Pick<ReadTimes, "handedOverAt" | "deliveredAt">; outcome: Outcome },
): string[] {
  const missing = (step: "handedOverAt" | "deliveredAt", done: string) => {
    if (!columns.has(step) || used[step] !== null) return [];
    const why = stated[step] === null ? "is blank" : "cannot be used";
    return [`${columns.nameOf(step)} ${why}: ${done} without the carrier's time`];
  };
  return [
    ...(wasShipped(outcome) ? missing("handedOverAt", "handed over") : []),
    ...(outcome === "delivered" ? missing("deliveredAt", "delivered") : []),
  ];
}
