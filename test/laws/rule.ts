import { type HouseState, occupiedOf } from "./house-state.ts";

/** What the model knows of a command. */
export interface Rule {
  /** Why it has to be refused, in no order; nothing if it has to be accepted. */
  refuses(state: HouseState, input: never, by: string): string[];
  /** Does to the state what the command does; answers what it has to answer, as far as told. */
  does(state: HouseState, input: never, told: Told): object | undefined;
}

/** What the model is told when a command was accepted: ids that the house made, and by whom. */
export interface Told {
  readonly by: string;
  readonly answer: never;
}

/** Says what is known of a command with such an input and such an answer. */
export function rule<Input extends object, Answer extends object = object>(known: {
  refuses(state: HouseState, input: Input, by: string): (string | false)[];
  does(
    state: HouseState,
    input: Input,
    told: { readonly by: string; readonly answer: Answer },
  ): object | undefined;
}): Rule {
  return {
    refuses: (state, input, by) =>
      known.refuses(state, input, by).filter((reason) => reason !== false),
    does: (state, input, told) => known.does(state, input, told),
  };
}

/** Bins that what is sold lies in. */
export const forSale: readonly string[] = ["pick", "reserve"];

/** Why so many pieces may not go from one bin into another one; null is none. */
export function refusesMove(
  state: HouseState,
  { from, to, pieces = 1, kinds = forSale }: Move,
): (string | false)[] {
  const into = to === null ? undefined : state.bins.get(to);
  const outOf = from === null ? undefined : state.bins.get(from);
  const room = into && to !== null ? into.capacity - occupiedOf(state, to) : 0;
  const stays = from === to;
  return [
    to !== null && !into && "bin-unknown",
    into !== undefined && !kinds.includes(into.kind) && "bin-unfit",
    into !== undefined && !stays && room < pieces && "bin-full",
    [into, outOf].some((bin) => bin?.count === "counting") && "bin-being-counted",
  ];
}

/** The way of some pieces. */
export interface Move {
  readonly from: string | null;
  readonly to: string | null;
  readonly pieces?: number;
  readonly kinds?: readonly string[];
}
