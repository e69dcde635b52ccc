/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** One of these, each as likely as another. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean;
  /** So many different ones of these, or all where there are fewer, in a mixed order. */
  some<Item>(items: readonly Item[], count: number): Item[];
}

/** Mulberry32: 32 bits of state, good enough to make a day look lived in. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    chance: (probability) => next() < probability,
    some: (items, count) => {
      const left = [...items];
      const taken = Math.min(count, left.length);
      return Array.from({ length: taken }, () =>
        left.splice(Math.floor(next() * left.length), 1),
      ).flat();
    },
  };
}
