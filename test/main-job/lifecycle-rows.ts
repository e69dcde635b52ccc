import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

type Cells = Record<string, string>;

/** One order of a lifecycle export, read from its row alone. */
export interface LifecycleRow {
  readonly cells: Cells;
  readonly id: string;
  readonly status: string;
  readonly handedOverAt: string | null;
  readonly deliveredAt: string | null;
  /** Whether it was there after the promised time. */
  readonly isLate: boolean;
  /** Whether a step is told to have come before the one that it follows. */
  readonly isOutOfOrder: boolean;
  /** Whether its status and its times cannot both be true. */
  readonly contradicts: boolean;
}

/** Reads a lifecycle export. It shares no code with the import: it is what that is held to. */
export function readLifecycle(csv: string): LifecycleRow[] {
  const rows: Cells[] = parse(csv, { columns: true });
  return rows.map((cells) => {
    const at = (name: string) => momentOf(cells[name] ?? "");
    const steps = [
      ...["order_purchase_timestamp", "order_approved_at"],
      ...["order_delivered_carrier_date", "order_delivered_customer_date"],
    ].map(at);
    const [, , handedOverAt = null, deliveredAt = null] = steps;
    const told = steps.filter((step) => step !== null);
    const promised = at("order_estimated_delivery_date");
    const { order_id: id = "", order_status: status = "" } = cells;
    return {
      ...{ cells, id, status, handedOverAt, deliveredAt },
      isLate: deliveredAt !== null && promised !== null && deliveredAt > promised,
      isOutOfOrder: told.some((step, i) => i > 0 && (told[i - 1] ?? "") > step),
      contradicts: !["delivered", "shipped"].includes(status) && handedOverAt !== null,
    };
  });
}

/** `9/4/2016 21:15` is a time in UTC; blank is none. */
function momentOf(written: string): string | null {
  if (written === "") return null;
  const [date = "", time = ""] = written.split(" ");
  const [month, day, year] = date.split("/").map(Number);
  const [hour, minute] = time.split(":").map(Number);
  const at = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute);
  return new Date(at).toISOString();
}

/** The rows of an export again, as a file. */
export function writeLifecycle(rows: readonly LifecycleRow[]): string {
  return stringify(
    rows.map(({ cells }) => cells),
    { header: true },
  );
}

/** The first rows, and the first few of each kind that is not as it should be. */
export function someOf(rows: readonly LifecycleRow[], first: number, few: number): LifecycleRow[] {
  const kinds: ((row: LifecycleRow) => string | null)[] = [
    ({ status }) => status,
    ({ isLate }) => (isLate ? "late" : null),
    ({ contradicts, isLate }) => (contradicts ? `contradicts ${isLate}` : null),
    ({ isOutOfOrder, status, handedOverAt, deliveredAt }) =>
      isOutOfOrder ? `out of order ${status} ${(handedOverAt ?? "") > (deliveredAt ?? "")}` : null,
    ({ status, deliveredAt }) => (status === "delivered" && !deliveredAt ? "untold" : null),
  ];
  const chosen = new Set(rows.slice(0, first));
  for (const kindOf of kinds) {
    const seen = new Map<string, number>();
    for (const row of rows) {
      const kind = kindOf(row);
      if (kind === null) continue;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if ((seen.get(kind) ?? 0) <= few) chosen.add(row);
    }
  }
  return rows.filter((row) => chosen.has(row));
}
