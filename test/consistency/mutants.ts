import type { Rule } from "./history.ts";

/** Where a pattern is found in some SQL, it is replaced. */
export type Patch = readonly [pattern: RegExp, replacement: string];

/** One thing made wrong in the engine, on purpose. */
export interface Mutant {
  readonly doc: string;
  /** The promises it may break; a history that breaks another one was not broken by it. */
  readonly breaks: readonly [Rule, ...Rule[]];
  /** Over the SQL that this process sends. */
  readonly sent?: readonly Patch[];
  /** Over the functions that stand in the write schema. */
  readonly installed?: readonly Patch[];
  /** Statements run as the owner before it begins. */
  readonly before?: readonly string[];
  /** Whether it shows where a read model is built anew and swapped. */
  readonly atSwap?: true;
}

/*
 * What the engine is made of is written here and nowhere else in this folder. A pattern that is
 * found no more fails the mutant's test: adapt it to how the SQL reads now.
 */

const watermark: Mutant = {
  doc: "receipts are judged by the greatest transaction id that a refresh has seen",
  breaks: ["receipt-honoured"],
  sent: [
    [
      /pg_visible_in_snapshot\((\w+(?:\.\w+)?), (\w+)\.snapshot\)/g,
      "$1 < pg_snapshot_xmax($2.snapshot)",
    ],
  ],
};

const ownNotesOnly: Mutant = {
  doc: "a receipt waits for what its own transaction made stale, and for nothing before it",
  breaks: ["receipt-honoured"],
  sent: [[/mine\.xid <= asked\.xid/g, "mine.xid = asked.xid"]],
};

const readCommitted: Mutant = {
  doc: "a refresh reads each statement's own instant",
  breaks: ["one-instant", "receipt-honoured"],
  sent: [[/isolation level repeatable read/g, "isolation level read committed"]],
};

// The job is a row that the commands' transactions insert unless it is there, and a refresh takes.
const jobInTransaction: Mutant = {
  doc: "the wake-up is a de-duplicated job of the command's transaction, and nobody looks besides",
  breaks: ["comes-to-rest"],
  before: [
    "create table selvedge.wake_up (one boolean primary key default true)",
    "insert into selvedge.wake_up default values",
    `create function selvedge.wake_up() returns trigger language plpgsql as $$ begin
       insert into selvedge.wake_up default values on conflict do nothing; return null; end $$`,
    ...["batch", "order_line", "allocation"].map(
      (table) => `create trigger wake_up after insert or update on selvedge.${table}
        for each statement execute function selvedge.wake_up()`,
    ),
  ],
  installed: [
    [
      /execute 'select exists \(select from [^;]*?into is_stale;/g,
      "select exists (select from selvedge.wake_up) or wanted <> 'fulfilment' into is_stale;",
    ],
    [
      /outcome := 'refreshed';/g,
      `if wanted = 'fulfilment' then delete from selvedge.wake_up; end if;
       outcome := 'refreshed';`,
    ],
  ],
};

/** What breaks where rows are not what their definition says, and nobody is told. */
const wrongRows: Mutant["breaks"] = [
  "equals-definition",
  "receipt-honoured",
  "lag-not-flattered",
  "as-of-not-flattered",
  "one-instant",
];

const forgetfulNotes: Mutant = {
  doc: "now and then a trigger forgets to note a key",
  breaks: wrongRows,
  installed: [[/ as keys \(([^)]*)\);/g, " as keys ($1) where random() > 0.1;"]],
};

const youngestLag: Mutant = {
  doc: "lag is the age of the youngest change that is not in yet",
  breaks: ["lag-not-flattered"],
  sent: [[/min\(noted_at\)/g, "max(noted_at)"]],
};

const lateAsOf: Mutant = {
  doc: "asOf is when a refresh was done, not the instant that it saw",
  breaks: ["as-of-not-flattered"],
  sent: [[/as_of = now\(\)/g, "as_of = clock_timestamp()"]],
};

const stingyPatch: Mutant = {
  doc: "an answer is patched with one of the keys that are pending, whatever their number",
  breaks: ["one-instant", "receipt-honoured", "lag-not-flattered", "as-of-not-flattered"],
  sent: [[/(select distinct [^()]* from [^()]*:pending")\) as p/g, "$1 limit 1) as p"]],
};

const lostGrants: Mutant = {
  doc: "a read model is swapped, and those who read it lose their grant",
  breaks: ["read-answers"],
  sent: [[/grant select on ("selvedge_read"[^;]*) to ("[^"]+")/g, "revoke select on $1 from $2"]],
  atSwap: true,
};

const deafRebuild: Mutant = {
  doc: "a read model is built anew, and its updates are not noted from then on",
  breaks: wrongRows,
  sent: [[/create trigger "note_\d+_update"[^;]*/g, "select"]],
  atSwap: true,
};

/** Engines that are wrong in one place each. */
export const mutants: readonly Mutant[] = [
  watermark,
  ownNotesOnly,
  readCommitted,
  jobInTransaction,
  forgetfulNotes,
  youngestLag,
  lateAsOf,
  stingyPatch,
  lostGrants,
  deafRebuild,
];
