import type { Engine } from "./engine.ts";
import type { Receipt } from "./receipt.ts";

/** Who is calling, as the host or a partner key says. */
export interface Identity {
  /** Whose rows the caller sees and changes; never taken from input. */
  readonly tenant: string;
  /** Command ids are unique per partner. */
  readonly partner: string;
  /** The person or program behind the call, for the journal. */
  readonly actor: string;
  /** What the caller may do: `orders:write`, `orders:*` or `*`. */
  readonly scopes: readonly string[];
}

/**
 * What to do where a read model is not as fresh as asked: `serve` what there is, `wait` for the
 * refresh, `patch` (compute what is pending on top), run the defining query (`live`), or say so at
 * once (`error`).
 */
export const onMissModes = ["serve", "wait", "patch", "live", "error"] as const;

/** What a caller wants of a query's freshness. */
export interface FreshnessContract {
  /** Receipts that the answer must include. */
  readonly atLeast: readonly Receipt[];
  /** Greatest lag the caller accepts, in ms. */
  readonly maxStaleMs: number | undefined;
  /** What to do where the read model is not there yet. */
  readonly onMiss: (typeof onMissModes)[number];
  /** How long the caller waits for the answer, in ms. */
  readonly deadlineMs: number;
}

/** What every procedure starts from. */
export interface RequestContext {
  readonly engine: Engine;
  readonly identity: Identity | undefined;
  /** What who is nobody may do about it, where they came in. */
  readonly wayIn?: string | undefined;
  /** Made by the client before its first attempt. */
  readonly commandId: string | undefined;
  readonly freshness: FreshnessContract;
  /** What a command was decided on, as its header says; read with the command. */
  readonly basedOn?: string | undefined;
  readonly requestId: string;
}

/** Whether the caller's scopes cover the needed one; `orders:*` and `*` are wild. */
export function hasScope(identity: Identity, needed: string): boolean {
  const [area] = needed.split(":");
  return identity.scopes.some((held) => held === "*" || held === needed || held === `${area}:*`);
}
