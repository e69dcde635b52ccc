import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import type { Generation } from "../kernel/generation.ts";
import { jsonObject } from "../kernel/primitives.ts";
import { identifier } from "../kernel/schemas.ts";

/** Most events of one command that are told. */
export const eventsMax = 20;

/** A command that made a row what it is, or will change it. */
export const whyCommand = z.strictObject({
  commandId: z.string(),
  procedure: z.string(),
  partner: z.string(),
  actor: z.string(),
  committedAt: z.string(),
  /** `shown`: nothing of it waits here. `waits`, `held`: this row does not show it yet. */
  state: z.enum(["shown", "waits", "held"]),
  events: z
    .array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        type: z.string(),
        data: jsonObject(),
      }),
    )
    .max(eventsMax),
});

/** A row of a read model, as somebody asks for it. */
export interface AskedRow {
  readonly engine: Engine;
  readonly generation: Generation;
  readonly tenant: string;
  /** The columns of its key, without the tenant. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

/** The condition that a relation's row has the asked key; its values stand from `$1` on. */
export function isAsked(columns: readonly string[], of: string): string {
  return ["tenant", ...columns]
    .map((one, i) => `${of}.${identifier(one)} = $${i + 1}`)
    .join(" and ");
}
