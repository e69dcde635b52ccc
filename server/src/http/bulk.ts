import { TRPCError } from "@trpc/server";
import express, { type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import type { RequestContext } from "../kernel/context.ts";
import { Fault, type FaultReport, reportFault, toTrpcError } from "../kernel/faults.ts";
import { receiptOfNow } from "../kernel/receipt-of-now.ts";
import { appRouter } from "../router.gen.ts";

/** One command of many, answered as it would be alone. */
type BulkAnswer =
  | { readonly data: unknown; readonly receipt: string; readonly repeated: boolean }
  | { readonly error: { readonly message: string; readonly data: Omit<FaultReport, "message"> } };

/** What a bulk needs of the edge. */
export interface BulkOptions {
  readonly contextOf: (req: Request, res: Response) => Promise<RequestContext>;
  /** Told of failures that are nobody's fault but ours. */
  readonly onInternal: (error: unknown, path?: string, requestId?: string) => void;
  readonly bodyBytesMax: number;
}

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
export function bulkRoute({ contextOf, onInternal, bodyBytesMax }: BulkOptions): RequestHandler {
  const parse = express.json({ limit: bodyBytesMax });
  return async (req, res) => {
    const ctx = await contextOf(req, res);
    if (!ctx.identity) throw new Fault("UNAUTHENTICATED", "The server does not know who calls.");
    await new Promise<void>((resolve, reject) =>
      parse(req, res, (error?: unknown) => (error ? reject(unreadable(error)) : resolve())),
    );
    const parsed = bulkBody.safeParse(req.body);
    if (!parsed.success) throw trpcErrorOf(parsed.error);

    const answers: BulkAnswer[] = [];
    const lanes = Map.groupBy(parsed.data.commands.entries(), ([, { lane }]) => lane).values();
    const work = async () => {
      for (const lane of lanes) {
        await runLane(lane, { ctx, answers, onInternal, isGone: () => res.destroyed });
      }
    };
    await Promise.all(Array.from({ length: lanesAtOnce }, work));
    res.json({ result: { data: { answers, receipt: await receiptOfNow(ctx.engine) } } });
  };
}

/** What the parser says of a body that cannot be read. */
function unreadable(error: unknown): unknown {
  const { status } = error as { status?: unknown };
  if (status === 413) return new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  return typeof status === "number" && status < 500 ? trpcErrorOf(error) : error;
}

function trpcErrorOf(cause: unknown): TRPCError {
  return new TRPCError({ code: "BAD_REQUEST", cause });
}

interface Bulk {
  readonly ctx: RequestContext;
  readonly answers: BulkAnswer[];
  readonly onInternal: BulkOptions["onInternal"];
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
  { ctx, onInternal }: Bulk,
): Promise<BulkAnswer> {
  try {
    const run = commandOf(command, { ...ctx, commandId, basedOn });
    return (await run(input)) as BulkAnswer;
  } catch (error) {
    const answer = told(error);
    if (answer.error.data.code === "INTERNAL") {
      onInternal((error as Error).cause ?? error, command, ctx.requestId);
    }
    return answer;
  }
}

function told(error: unknown) {
  const { message, ...data } = reportFault(toTrpcError(error));
  return { error: { message, data } };
}

type Call = (input: unknown) => Promise<unknown>;

/** The command of a path, ready to be called; whatever is no command is none here. */
function commandOf(path: string, ctx: RequestContext): Call {
  const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;
  const found = Object.hasOwn(procedures, path) ? procedures[path] : undefined;
  if (found?._def.meta?.kind !== "command") {
    throw new Fault("NOT_FOUND", "There is no such command.");
  }
  const [module = "", name = ""] = path.split(".");
  const caller = appRouter.createCaller(ctx) as unknown as Record<string, Record<string, Call>>;
  return caller[module]?.[name] as Call;
}

interface Procedure {
  readonly _def: { readonly meta?: { readonly kind?: string } };
}
