import { initTRPC, type TRPCError } from "@trpc/server";
import { hashInput, requireCommandId } from "./command-log.ts";
import { hasScope, type Identity, type RequestContext } from "./context.ts";
import { Fault, reportFault, toTrpcError } from "./faults.ts";
import { type QueryScope, ReadScope } from "./read-scope.ts";
import { asFault, runCommand } from "./run-command.ts";
import type { CommandScope, UnitOfWork } from "./unit-of-work.ts";

/** What a procedure says of itself; the SDK and the docs are generated from it. */
export interface ProcedureMeta {
  /** What the procedure is; the base procedures set it. */
  readonly kind?: "command" | "query" | "operation";
  /** The scope a caller needs. */
  readonly scope?: string;
  /** One or two sentences for partners. */
  readonly doc?: string;
  /** An input that works. */
  readonly example?: unknown;
  /** Says that callers are to use something else, and what: `use orders.placeOrder since 0.3.0`. */
  readonly deprecated?: string;
  /** Reasons for which the domain may say no. */
  readonly refuses?: readonly string[];
  /**
   * Commands, by their paths, that may come in between on the same aggregate: this one is then run
   * again on what they left. Said on both sides; a command may commute with its like.
   */
  readonly commutes?: readonly string[];
  /** Columns by whose values a command may name a row of this read model that it is based on. */
  readonly factsBy?: readonly string[];
  /** Answers pages of rows with a cursor. */
  readonly paged?: true;
  /** Answers events after a position, and where to go on from; `GET /feed` tells them live. */
  readonly feed?: true;
  /** Is told again as it changes: `GET /live/<path>` has what is new as server-sent events. */
  readonly live?: true;
}

const t = initTRPC
  .context<RequestContext>()
  .meta<ProcedureMeta>()
  .create({
    // Its default follows NODE_ENV and would show stack traces to callers.
    isDev: false,
    errorFormatter: ({ shape, error, path, ctx }) => {
      const { message, ...report } = reportFault(error);
      return {
        message,
        code: shape.code,
        data: {
          ...report,
          httpStatus: shape.data.httpStatus,
          requestId: ctx?.requestId,
          ...(path !== undefined && { path: path.slice(0, 200) }),
        },
      };
    },
  });

/** Groups procedures under names. */
export const router = t.router;

/** Makes one router of several that share no name. */
export const mergeRouters = t.mergeRouters;

const roleOf = { command: "command", query: "query", operation: "admin" } as const;

/** Answers who is calling, if they may call what says this of itself, here. */
export function admit(
  ctx: Pick<RequestContext, "engine" | "identity" | "wayIn">,
  meta: ProcedureMeta | undefined,
): Identity {
  const role = roleOf[meta?.kind ?? "operation"];
  if (!ctx.engine.roles.has(role)) {
    throw new Fault("UNAVAILABLE", `This process does not serve the role ${role}.`);
  }
  const identity = requireIdentity(ctx);
  if (!meta?.scope) throw new Error("A procedure must name its scope.");
  if (!hasScope(identity, meta.scope)) {
    throw new Fault("FORBIDDEN", `This needs the scope ${meta.scope}.`);
  }
  return identity;
}

/** Answers who is calling; a fault where nobody knows. */
export function requireIdentity({
  identity,
  wayIn,
}: Pick<RequestContext, "identity" | "wayIn">): Identity {
  if (identity) return identity;
  throw new Fault("UNAUTHENTICATED", "The server does not know who is calling.", {
    ...(wayIn !== undefined && { hint: wayIn }),
  });
}

/** Later middlewares and the slice answer failures rather than throw them; this throws them. */
function unwrap(result: { ok: true; data?: unknown } | { ok: false; error: TRPCError }): unknown {
  if (result.ok) return result.data;
  const { error } = result;
  throw error.code === "INTERNAL_SERVER_ERROR" && error.cause ? error.cause : error;
}

/**
 * The base of every command: identity and scope, then a unit of work around the slice. What the
 * slice answers is stored with the command and comes back with a receipt.
 */
export const command = t.procedure
  .meta({ kind: "command" })
  .use(async ({ ctx, meta, path, next, getRawInput }) => {
    try {
      const identity = admit(ctx, meta);
      const commandId = requireCommandId(ctx.commandId);
      const inputHash = hashInput(path, await getRawInput());
      const key = { identity, commandId, procedure: path, inputHash };
      const toRun = { key, commutes: meta?.commutes ?? [], basedOn: ctx.basedOn };
      const run = (uow: UnitOfWork) => next({ ctx: { ...commandScope(uow), engine: undefined } });
      let last: Awaited<ReturnType<typeof run>> | undefined;
      const data = await runCommand(ctx.engine, toRun, async (uow) => {
        last = await run(uow);
        return unwrap(last);
      });
      // tRPC's own result, whether of this run or of the failed run that the stored answer
      // replaces.
      return { ...last, ok: true, data } as NonNullable<typeof last>;
    } catch (error) {
      throw toTrpcError(asFault(error));
    }
  });

/** The base of every query: identity and scope, and rows that say how fresh they are. */
export const query = t.procedure.meta({ kind: "query" }).use(async ({ ctx, meta, next }) => {
  try {
    const scope = new ReadScope(ctx.engine, admit(ctx, meta), ctx.freshness);
    const result = await next({
      ctx: { ...queryScope(scope), engine: undefined },
    });
    const data = { data: unwrap(result), freshness: scope.freshness };
    return { ...result, data } as typeof result;
  } catch (error) {
    throw toTrpcError(error);
  }
});

/** The base of what operations people ask and do; it answers plainly. */
export const operation = t.procedure.meta({ kind: "operation" }).use(async (opts) => {
  try {
    const identity = admit(opts.ctx, opts.meta);
    const result = await opts.next({ ctx: { identity } });
    unwrap(result);
    return result;
  } catch (error) {
    throw toTrpcError(asFault(error));
  }
});

function queryScope(scope: ReadScope): QueryScope {
  return {
    identity: scope.identity,
    tenant: scope.tenant,
    epoch: scope.epoch,
    from: scope.from.bind(scope),
    read: scope.read.bind(scope) as QueryScope["read"],
  };
}

function commandScope(uow: UnitOfWork): CommandScope {
  return {
    identity: uow.identity,
    tenant: uow.tenant,
    load: uow.load.bind(uow) as CommandScope["load"],
    find: uow.find.bind(uow) as CommandScope["find"],
    add: uow.add.bind(uow),
    record: uow.record.bind(uow),
  };
}
