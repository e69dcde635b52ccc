import type { ReadModelFacts } from "../api.gen.ts";
import type { BasedOn } from "../calls.ts";
import type { OnRefused } from "./order.ts";
import type { QueueStore } from "./queue-store.ts";

/** How a queue behaves. */
export interface OfflineQueueOptions {
  /** Where commands are kept. */
  store: QueueStore;
  /**
   * What a refused command does to those after it. `continue` (default): it holds the later ones of
   * its group, and those that name it in `after`. `stop`: it holds all.
   */
  onRefused?: OnRefused | undefined;
  /** Most commands that are kept and were not applied yet. Default: 1,000. */
  entriesMax?: number | undefined;
  /** How many of the applied ones are kept to be shown. Default: 50. */
  appliedKept?: number | undefined;
  /** How long one attempt may take in ms. Default: 10,000. */
  timeoutMs?: number | undefined;
  /** Longest pause in ms between attempts while nothing gets through. Default: 30,000. */
  pauseMsMax?: number | undefined;
}

/** What a command may be put in with. */
export interface PutOptions<Facts = ReadModelFacts> {
  /** What it belongs to, a tote or a piece: where one is refused, the later ones wait. */
  group?: string | undefined;
  /** Ids of commands that must have been applied before. */
  after?: readonly string[] | undefined;
  /** What was seen when it was decided on. */
  basedOn?: BasedOn<Facts> | undefined;
  /** The id of a refused command whose place it takes: those that waited for that wait for it. */
  insteadOf?: string | undefined;
}
