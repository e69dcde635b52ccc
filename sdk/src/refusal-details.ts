import type { Fact } from "./calls.ts";

/** A command of somebody's, and what it did. */
export interface ToldCommand {
  command: string;
  actor: string;
  /** ISO 8601, the database's clock. */
  at: string;
  /** The first of its events; facts that were too long are named in `leftOut`. */
  happened: { type: string; data: Record<string, unknown>; leftOut?: string[] | undefined }[];
}

/** The `details` of a command that was refused as `changed-in-between`. */
export interface ChangedInBetween {
  aggregate: { kind: string; id: string };
  expectedVersion: number;
  /** What came between the reading and the writing, the earliest first; ten at most. */
  between: ToldCommand[];
  /** The same for a person to read. */
  words: string;
}

/** The `details` of a command that was refused as `decision-stale`. */
export interface DecisionStale {
  changed: {
    readModel: Fact["readModel"];
    key: Record<string, unknown>;
    /** `null` where the row itself is gone, or is there that was not. */
    column: string | null;
    was: unknown;
    is: unknown;
    words: string;
  }[];
  /** What happened since `basedOn.freshness` to what the command works with; ten at most. */
  since: ToldCommand[];
  /** The same for a person to read. */
  words: string;
}
