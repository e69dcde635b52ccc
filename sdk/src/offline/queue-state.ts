import { type OnRefused, orderOf } from "./order.ts";
import type {
  Applied,
  KeptError,
  QueuedCommand,
  Refused,
  StoredCommand,
} from "./queued-command.ts";

/** What a screen shows of a queue; a new object whenever something has changed. */
export interface QueueState {
  /** To be sent, in this order. */
  readonly pending: readonly QueuedCommand[];
  /** To be sent once somebody has decided about a refused one that stands before them. */
  readonly held: readonly QueuedCommand[];
  /** Refused: somebody has to decide, see `retry`, `drop` and `insteadOf`. */
  readonly refused: readonly { readonly command: QueuedCommand; readonly outcome: Refused }[];
  /** The last ones that were applied. */
  readonly applied: readonly { readonly command: QueuedCommand; readonly outcome: Applied }[];
  /** Why nothing gets through just now, if so: `NETWORK` without a network. */
  readonly trouble: KeptError | undefined;
}

/** Something that has happened to a queue. */
export type QueueChange =
  | { readonly type: "put" | "retried" | "dropped"; readonly command: QueuedCommand }
  | { readonly type: "applied"; readonly command: QueuedCommand; readonly outcome: Applied }
  | { readonly type: "refused"; readonly command: QueuedCommand; readonly outcome: Refused }
  | { readonly type: "trouble"; readonly trouble: KeptError | undefined };

/** The state of a queue. */
export function stateOf(
  list: readonly StoredCommand[],
  onRefused: OnRefused,
  trouble: KeptError | undefined,
): QueueState {
  const { pending, held } = orderOf(list, onRefused);
  return {
    pending,
    held,
    refused: list.flatMap(({ command, outcome }) =>
      outcome?.state === "refused" ? [{ command, outcome }] : [],
    ),
    applied: appliedIn(list),
    trouble,
  };
}

/** What was applied, in the order in which it was. */
export function appliedIn(list: readonly StoredCommand[]): QueueState["applied"] {
  return list
    .flatMap(({ command, outcome }) => (outcome?.state === "applied" ? [{ command, outcome }] : []))
    .sort((a, b) => (a.outcome.settledAt < b.outcome.settledAt ? -1 : 1));
}

/** What has happened between two looks at a queue. */
export function changesBetween(
  before: readonly StoredCommand[],
  now: readonly StoredCommand[],
): QueueChange[] {
  const known = new Map(before.map((one) => [one.command.commandId, one]));
  const changes = now.flatMap(({ command, outcome }): QueueChange[] => {
    const was = known.get(command.commandId);
    known.delete(command.commandId);
    const isNew: QueueChange[] = was ? [] : [{ type: "put", command }];
    if (outcome?.settledAt === was?.outcome?.settledAt) return isNew;
    if (!outcome) return [{ type: "retried", command }];
    if (outcome.state === "applied") return [...isNew, { type: "applied", command, outcome }];
    return [...isNew, { type: "refused", command, outcome }];
  });
  const gone = [...known.values()].filter(({ outcome }) => outcome?.state !== "applied");
  return [...changes, ...gone.map(({ command }) => ({ type: "dropped" as const, command }))];
}
