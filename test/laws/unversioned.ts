import { isDeepStrictEqual } from "node:util";
import type { HouseState } from "./house-state.ts";
import type { Books } from "./read-state.ts";

/** What belongs to an aggregate, by its kind and identity. */
type Aggregates = ReadonlyMap<string, unknown>;

/**
 * Aggregates that are not what they were, under the version that they had, or the other way round.
 * How many pieces lie in a bin is the one thing that changes without a version: it is told in the
 * lives of the pieces.
 */
export function unversioned(before: Books, after: Books): string[] {
  const [was, is] = [aggregatesOf(before.state), aggregatesOf(after.state)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((id) => {
    const [one, other] = [before.versions.get(id), after.versions.get(id)];
    return one === other && !isDeepStrictEqual(was.get(id), is.get(id));
  });
}

function aggregatesOf(state: HouseState): Aggregates {
  const named = (kind: string, things: ReadonlyMap<string, object>) =>
    [...things].map(([id, thing]) => [`${kind} ${id}`, thing] as const);
  const bins = new Map([...state.bins].map(([id, bin]) => [id, { ...bin, occupied: 0 }]));
  const stock = Map.groupBy(state.batches, ([, { sku, grade }]) => `SkuStock ${sku}/${grade}`);
  const lines = Map.groupBy(state.allocations.values(), ({ batch }) => {
    const { sku, grade } = state.batches.get(batch) ?? {};
    return `SkuStock ${sku}/${grade}`;
  });
  return new Map<string, unknown>([
    ...named("Variant", state.variants),
    ...named("Bin", bins),
    ...named("Garment", state.pieces),
    ...[...stock].map(([id, batches]) => [id, [batches, lines.get(id)]] as const),
    ...named("Order", state.orders),
    ...named("PickWave", state.waves),
    ...named("Shipment", state.parcels),
    ...named("Inbound", state.inbounds),
    ["TenantSettings", state.settings],
  ]);
}
