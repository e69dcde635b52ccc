import type { Allocation } from "./allocation.ts";
import type { Batch } from "./batch.ts";

const never = Number.POSITIVE_INFINITY;

/**
 * Which batch serves a line first: the oldest in the house; of those to come the earliest expected,
 * then the oldest.
 */
export function byPreference(a: Batch, b: Batch): number {
  // When something was expected says nothing any more once it is there.
  const expected = ({ inHouse, eta }: Batch) => (inHouse ? 0 : (eta?.getTime() ?? 0));
  return (
    Number(b.inHouse) - Number(a.inHouse) ||
    expected(a) - expected(b) ||
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
