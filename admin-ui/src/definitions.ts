/** The words of the page that need an explanation, in plain language. */
export const DEFINITIONS = {
  lag: {
    term: "Lag",
    meaning:
      "The age of the oldest change that this read model does not show yet. 0\u00a0s means it shows " +
      "everything. It is not the time since the last refresh: where nothing changes, nothing lags.",
  },
  pending: {
    term: "Pending",
    meaning: "How many keys (an order, a SKU in a warehouse) have changed and are not shown yet.",
  },
  promise: {
    term: "Promise",
    meaning:
      "How far behind this read model may be. Beyond it, it is called Behind. Your house's " +
      "settings say it; where they do not, it is what the read model declares (freshWithinMs).",
  },
  lastRefresh: {
    term: "Last refresh",
    meaning:
      "When the read model last took in changes, how long that took, and how many keys were " +
      "worked out anew.",
  },
  p95: {
    term: "p95, 1 h",
    meaning: "In the last hour, 95 of 100 measurements of lag were at or below this value.",
  },
  rows: {
    term: "Rows",
    meaning: "About how many rows the read model holds; an estimate, as counting them would cost.",
  },
  trend: {
    term: "Lag over time",
    meaning:
      "The last measurements of lag. The dashed line is the promise; a hatched stretch means " +
      "that lag was unknown.",
  },
  books: {
    term: "The books",
    meaning:
      "The write tables: what was really asked for and done. A read model is worked out from them, " +
      "and a verification compares the two.",
  },
  setAside: {
    term: "Set aside",
    meaning:
      "A key whose rows cannot be worked out. It waits with its error and is tried again; all " +
      "other keys go on.",
  },
  deadLetter: {
    term: "Given up, dead letter",
    meaning:
      "A job that failed as often as it may. Nothing tries it again until somebody does; a dead " +
      "letter was moved to a queue of its own.",
  },
  scope: {
    term: "Scope",
    meaning:
      "What a caller may do: orders:write, orders:* for all of an area, or * for everything.",
  },
  maintain: {
    term: "By key, whole",
    meaning:
      "By key: a refresh works out only the keys that changed. Whole: a refresh works out the " +
      "entire read model. Read models of one group always show the same instant.",
  },
} as const;

/** The name of a definition. */
export type DefinitionName = keyof typeof DEFINITIONS;
