import { quoted, readKnown } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { OrdersMapping } from "./mapping.ts";
import { canBoth, type Outcome } from "./outcomes.ts";
import type { SourceRow } from "./source-rows.ts";

/** What a row says of its line's way, with what is wrong or worth noting about it. */
export interface ReadOutcome {
  readonly outcome: Outcome;
  readonly causes: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Reads what became of an order line. Where the order's status and the carrier's own contradict
 * each other the order's is taken, which tells more, and the row is noted.
 */
export function readOutcome(row: SourceRow, columns: Columns, mapping: OrdersMapping): ReadOutcome {
  if (!columns.has("status")) return { outcome: "placed", causes: [], notes: [] };
  const said = known(row, columns, "status", mapping.values.status);
  if (said.cause !== null) return { outcome: "placed", causes: [said.cause], notes: [] };

  const outcome = said.value ?? "placed";
  const courier = columns.textOf(row, "courierStatus");
  // Exports leave the carrier's word open as they like: only one that is stated is looked at.
  if (courier === "") return { outcome, causes: [], notes: [] };
  const word = known(row, columns, "courierStatus", mapping.values.courierStatus);
  if (word.cause !== null) return { outcome, causes: [word.cause], notes: [] };
  if (word.value === null || canBoth(word.value, outcome))
    return { outcome, causes: [], notes: [] };

  const [status, name] = [columns.nameOf("status"), columns.nameOf("courierStatus")];
  const contradicts = `${name} ${quoted(courier)} contradicts ${status} ${quoted(said.text)}`;
  return { outcome, causes: [], notes: [`${contradicts}: ${status} is taken`] };
}

function known<T extends string>(
  row: SourceRow,
  columns: Columns,
  field: string,
  words: Readonly<Record<string, T>> = {},
): { text: string; value: T | null; cause: string | null } {
  const text = columns.textOf(row, field);
  const cell = readKnown(columns.nameOf(field), text, words);
  return cell.ok
    ? { text, value: cell.value, cause: null }
    : { text, value: null, cause: cell.cause };
}
