import type { SeededRandom } from "../../server/src/sample-day/seeded-random.ts";
import type { HouseState } from "./house-state.ts";

/** Something that somebody might ask of a house as it is, legal or not. */
export type Wish = (state: HouseState, random: SeededRandom) => object;

export const nowhere = "0199c0de-0000-4000-8000-00000000dead";
export const reasons = ["one reason", "another reason"] as const;
export const skus = ["TEE", "CAP"] as const;
export const grades = ["N", "N", "A", "B", "D"] as const;
export const refs = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export const past = "2020-01-01T00:00:00Z";
export const future = "2099-01-01T00:00:00Z";

/** The id of one of these things; now and then of one that there is not. */
export function idOf<Thing>(
  things: ReadonlyMap<string, Thing>,
  random: SeededRandom,
  unknown: string,
  likely: (thing: Thing) => boolean = () => true,
): string {
  const ids = [...things.keys()];
  const first = ids.filter((id) => likely(things.get(id) as Thing));
  const among = first.length > 0 && random.chance(0.8) ? first : ids;
  const [one, ...others] = among;
  return one === undefined || random.chance(0.03) ? unknown : random.pick([one, ...others]);
}

export const skuOf = (random: SeededRandom) => (random.chance(0.02) ? "HAT" : random.pick(skus));
export const binCode = (state: HouseState, random: SeededRandom) => idOf(state.bins, random, "Z-9");
export const mayBe = <Value>(random: SeededRandom, name: string, value: Value, chance = 0.5) =>
  random.chance(chance) ? { [name]: value } : {};
export const lpnIn = (state: HouseState, random: SeededRandom, ...statuses: string[]) =>
  idOf(state.pieces, random, "NONE", ({ status }) => statuses.includes(status));
export const orderOf = (state: HouseState, random: SeededRandom) =>
  idOf(state.orders, random, nowhere, ({ status }) => status === "open");
export const defectsOf = (random: SeededRandom) => ({
  defects: random.chance(0.2)
    ? [{ kind: random.pick(["stain", "production"]), place: "sleeve", severity: "minor" }]
    : [],
});

export function orderLine(state: HouseState, random: SeededRandom) {
  const orderId = orderOf(state, random);
  const lines = state.orders.get(orderId)?.lines.length ?? 1;
  return { orderId, line: random.int(1, random.chance(0.05) ? lines + 1 : lines) };
}
