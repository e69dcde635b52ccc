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
    meaning:
      "How many changes of keys (an order, a SKU in a warehouse) are not shown yet. Beyond 100,000 " +
      "nobody counts on.",
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
      "entire read model.",
  },
  readModel: {
    term: "Read model",
    meaning:
      "A table that answers one kind of question, such as what can be sold. It is worked out from " +
      "the books and follows them by its lag.",
  },
  group: {
    term: "Group",
    meaning: "Read models that are refreshed together, and so always show the same instant.",
  },
  key: {
    term: "Key of a row",
    meaning: "What names one row of a read model: an order, a SKU in a warehouse.",
  },
  changes: {
    term: "Changes",
    meaning: "How many times what this key's row is made of was written and is not shown yet.",
  },
  asOf: {
    term: "Shows the state of",
    meaning: "The instant that a read model shows: what was committed before it is in.",
  },
  refreshes: {
    term: "Refreshes",
    meaning:
      "How many refreshes this line stands for: those of the same few seconds are told in one, " +
      "and each that failed in a line of its own.",
  },
  outcome: {
    term: "Outcome",
    meaning:
      "Refreshed: everything was taken in. Keys set aside: all but some keys. Failed: nothing was " +
      "taken in; it waits and is tried again.",
  },
  keysHere: {
    term: "Keys here",
    meaning: "Of how many keys rows of this read model were worked out anew.",
  },
  rowsCompared: {
    term: "Rows compared",
    meaning: "How many rows a verification held against what the books say.",
  },
  found: {
    term: "Found",
    meaning:
      "Missing: the books call for a row that is not there. Too many: a row that nothing calls " +
      "for. Different: a row with other values. A repair works such keys out anew.",
  },
  command: {
    term: "Command",
    meaning:
      "Something that was asked for and done, by its area and its name: orders.placeOrder. " +
      "Refused ones leave nothing.",
  },
  committed: {
    term: "Committed",
    meaning: "When it was written for good. From then on it holds, and read models take it in.",
  },
  partner: {
    term: "Partner",
    meaning: "Whose system has called: a shop, an ERP, a scanner. It is known by its key.",
  },
  event: {
    term: "Event",
    meaning: "A fact that a command wrote into the journal. It is never changed and never deleted.",
  },
  events: {
    term: "Events",
    meaning: "How many facts a command wrote into the journal. None: it was so already.",
  },
  trace: {
    term: "Trace",
    meaning: "The way of one command into every read model: which show it, and which not yet.",
  },
  later: {
    term: "Later",
    meaning: "Jobs whose time is still to come: most of them failed and are tried again then.",
  },
  partnerKey: {
    term: "Key of a partner",
    meaning:
      "The secret that a partner shows with each call. It was shown once, when it was made; here " +
      "stands its beginning, to tell it from others.",
  },
  callsWith: {
    term: "Calls with",
    meaning: "The SDK of its last call, with its version. No SDK: it calls in a way of its own.",
  },
  deprecated: {
    term: "Deprecated",
    meaning: "It works for now and is to go. What to call instead stands beside it.",
  },
  webhooks: {
    term: "Webhooks",
    meaning:
      "Addresses of a partner that are told of each event. One that was stopped is told nothing " +
      "until somebody resumes it, and then all that it missed.",
  },
  settingsVersion: {
    term: "Version of the settings",
    meaning: "Each change of the house's settings makes a new version of all of them.",
  },
  connections: {
    term: "Open, idle, at most",
    meaning:
      "Connections of this process to the database. Where as many are open as may be and none is " +
      "idle, calls wait for one.",
  },
  release: {
    term: "Release",
    meaning:
      "How a read model is declared: before, now or next. A changed one is built beside what is " +
      "read and compared with it; then it takes its place, by itself or once somebody accepts it.",
  },
  declaration: {
    term: "Definition",
    meaning:
      "A fingerprint of how the read model is declared. Two that are the same are declared the same.",
  },
  rowsFilled: {
    term: "Rows filled",
    meaning: "How many rows the build has written so far; of one that was filled at once, none.",
  },
  differences: {
    term: "Against the one before",
    meaning:
      "How its rows differed from those that were read when it was compared. Nothing to compare " +
      "with: there was none before, or it was declared the same.",
  },
  timesUsed: {
    term: "Times used",
    meaning:
      "How often this database has looked something up through the index. One that nobody uses " +
      "costs each refresh some time; reads from a replica are not counted here.",
  },
  lastHeard: {
    term: "Last heard",
    meaning:
      "A process that refreshes says again and again that it lives. After 10\u00a0s of silence it " +
      "counts as gone.",
  },
} as const;

/** The name of a definition. */
export type DefinitionName = keyof typeof DEFINITIONS;
