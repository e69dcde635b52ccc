/** Who works in the house on the sample day, under the names by which the boards show them. */
export const people = {
  lead: "mara",
  desk: "noor",
  dock: ["omar", "tessa"],
  graders: ["ines", "jonas", "priya"],
  workshop: "hanne",
  stowers: ["luc", "wen"],
  pickers: ["anna", "ben", "chidi", "dora"],
  packers: ["emil", "fatou"],
  returns: "sofia",
} as const;

/** Whose turn it is, when some people take turns. */
export function turn<Item>(of: readonly [Item, ...Item[]], at: number): Item {
  return of[at % of.length] ?? of[0];
}
