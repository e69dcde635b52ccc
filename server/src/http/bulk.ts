import { TRPCError } from "@trpc/server";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Served } from "../contract/served.ts";
import type { RequestContext } from "../kernel/context.ts";
import { Fault, type FaultReport, reportFault, toTrpcError } from "../kernel/faults.ts";
import type { Logger } from "../kernel/log.ts";
import { requireIdentity } from "../kernel/procedure.ts";
import { receiptOfNow } from "../kernel/receipt-of-now.ts";
import { countUse } from "./count-use.ts";
import { type Entry, logBug } from "./entry.ts";
import { readBody } from "./read-body.ts";
import { callContext } from "./request-context.ts";

/** One command of many, answered as it would be alone. */
type BulkAnswer =
  | { readonly data: unknown; readonly receipt: string; readonly repeated: boolean }
  | { readonly error: { readonly message: string; readonly data: Omit<FaultReport, "message"> } };

const commandsMax = 100;
// Few enough that a bulk leaves connections to others.
const lanesAtOnce = 6;

const bulkCommand = z.strictObject({
  command: z.string().max(200),
  commandId: z.string().max(200),
  /** Those of one lane are applied in the order given; lanes run beside each other. */
  lane: z.string().max(300).default("all"),
  input: z.unknown(),
  basedOn: z.string().max(10_000).optional(),
});
type BulkCommand = z.output<typeof bulkCommand>;
const bulkBody = z.strictObject({ commands: z.array(bulkCommand).min(1).max(commandsMax) });

/**
 * Answers `POST /bulk`: many commands, one answer each, in the order given, and one receipt that
 * covers them all. A command that fails for a while holds back the rest of its lane.
 */
export function bulkRoute(entry: Entry): RequestHandler {
  return async (req, res) => {
    const called = { path: undefined, commandId: undefined };
    const ctx = await callContext(req, res, entry, called);
    const identity = requireIdentity(ctx);
    const parsed = bulkBody.safeParse(await readBody(req, res));
    if (!parsed.success) throw new TRPCError({ code: "BAD_REQUEST", cause: parsed.error });
    // The request itself was counted as one.
    const { length } = parsed.data.commands;
    await entry.rates.count(identity, res, length - 1);

    const answers: BulkAnswer[] = [];
    const lanes = Map.groupBy(parsed.data.commands.entries(), ([, { lane }]) => lane).values();
    const { log, served } = entry;
    const count = (command: string) => countUse(ctx, served, command, req);
    const bulk = { ctx, answers, count, log, served, isGone: () => res.destroyed };
    const work = async () => {
      for (const lane of lanes) await runLane(lane, bulk);
    };
    await Promise.all(Array.from({ length: lanesAtOnce }, work));
    res.json({ result: { data: { answers, receipt: await receiptOfNow(ctx.engine) } } });
  };
}

interface Bulk {
  readonly ctx: RequestContext;
  readonly answers: BulkAnswer[];
  readonly log: Logger;
  readonly served: Served;
  readonly count: (command: string) => void;
  readonly isGone: () => boolean;
}

async function runLane(lane: readonly [number, BulkCommand][], bulk: Bulk): Promise<void> {
  let isHeldBack = false;
  for (const [at, command] of lane) {
    // Nobody listens any more: whoever sends it again finds what was applied, and goes on.
    if (bulk.isGone()) return;
    const answer: BulkAnswer = isHeldBack ? heldBack : await runOne(command, bulk);
    bulk.answers[at] = answer;
    isHeldBack ||= "error" in answer && answer.error.data.retryable;
  }
}

const heldBack = told(
  new Fault("UNAVAILABLE", "One before it in its lane failed, so this was not tried.", {
    hint: "Send it again with the one before it.",
  }),
);

async function runOne(
  { command, commandId, input, basedOn }: BulkCommand,
  { ctx, count, log, served }: Bulk,
): Promise<BulkAnswer> {
  try {
    const called = { path: command, kind: "command" } as const;
    served.requireKind(command, called.kind);
    count(command);
    const answer = await served.call(called, { ...ctx, commandId, basedOn }, async () => input);
    return answer as BulkAnswer;
  } catch (error) {
    logBug(log, error, { path: command, requestId: ctx.requestId });
    return told(error);
  }
}

function told(error: unknown) {
  const { message, ...data } = reportFault(toTrpcError(error));
  return { error: { message, data } };
}
