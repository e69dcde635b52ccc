import type { Allocation } from "./allocation.ts";
import type { Batch } from "./batch.ts";

const never = Number.POSITIVE_INFINITY;

/** Which batch serves a line first: in the house, then the earliest expected, then the oldest. */
export function byPreference(a: Batch, b: Batch): number {
  return (
    Number(b.inHouse) - Number(a.inHouse) ||
    (a.eta?.getTime() ?? 0) - (b.eta?.getTime() ?? 0) ||
    (a.sequence ?? never) - (b.sequence ?? never) ||
    (a.ref < b.ref ? -1 : 1)
  );
}

/** Which line loses its pieces first: lowest priority, then latest ship-by, then newest. */
export function byVictimOrder(a: Allocation, b: Allocation): number {
  const latest = (b.shipBy?.getTime() ?? never) - (a.shipBy?.getTime() ?? never);
  return (
    a.priority - b.priority ||
    (Number.isNaN(latest) ? 0 : latest) ||
    (b.sequence ?? never) - (a.sequence ?? never)
  );
}
