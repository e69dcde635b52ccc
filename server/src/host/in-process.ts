import { randomUUID } from "node:crypto";
import type { Served } from "../contract/served.ts";
import { bodyBytesMax, logBug } from "../http/entry.ts";
import { writeDecision } from "../kernel/based-on.ts";
import { requireCommandId } from "../kernel/command-log.ts";
import type { Identity, onMissModes, RequestContext } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import type { Freshness } from "../kernel/freshness.ts";
import type { Logger } from "../kernel/log.ts";
import { freshnessContract } from "../kernel/wanted-freshness.ts";
import type { InFlight } from "./in-flight.ts";
import type { CommandPath, DataOf, DecidedOn, InputOf, QueryPath } from "./paths.ts";
import { toSelvedgeError } from "./selvedge-error.ts";

/** What a command may be sent with. */
export interface ExecuteOptions {
  /** Sent twice under one id, it is applied once. Made for you unless given. */
  readonly commandId?: string | undefined;
  /** What was seen when it was decided; refused as `decision-stale` where that has changed. */
  readonly basedOn?: DecidedOn | undefined;
}

/** The answer to a command. */
export interface Executed<Data> {
  readonly data: Data;
  /** Proof of the write: a query that is given it in `atLeast` shows the write. */
  readonly receipt: string;
  readonly commandId: string;
  /** Whether this id had been applied before; the stored answer is given again. */
  readonly repeated: boolean;
}

/** What a query may be asked with. */
export interface AskOptions {
  /** Receipts that the answer must include. */
  readonly atLeast?: string | readonly string[] | undefined;
  /** Greatest lag you accept, in ms. */
  readonly maxStaleMs?: number | undefined;
  /** What to do where the read model is not as fresh as asked; `wait` if anything is asked. */
  readonly onMiss?: (typeof onMissModes)[number] | undefined;
  /** How long to wait for the answer, in ms: 1,000 unless given, at most 5,000. */
  readonly deadlineMs?: number | undefined;
}

/** The answer to a query. */
export interface Asked<Data> {
  readonly data: Data;
  readonly freshness: Freshness;
}

/** What calls in process come in to. */
export interface InProcessOptions {
  /** What to run on; a fault where there is nothing. */
  readonly engine: () => Engine;
  readonly inFlight: InFlight;
  /** What may be called. */
  readonly served: Served;
  readonly log: Logger;
}

interface Call {
  readonly path: string;
  readonly kind: "command" | "query";
  readonly input: unknown;
  readonly identity: Identity;
  readonly commandId?: string | undefined;
}

/**
 * Calls procedures without HTTP. Input and answer go through JSON as they would on the wire: what
 * is stored, compared and answered is the same whichever way a caller comes.
 */
export class InProcess {
  readonly #options: InProcessOptions;

  constructor(options: InProcessOptions) {
    this.#options = options;
  }

  /** Sends a command. */
  execute<Path extends CommandPath>(
    path: Path,
    input: InputOf<Path>,
    identity: Identity,
    { commandId = randomUUID(), basedOn }: ExecuteOptions = {},
  ): Promise<Executed<DataOf<Path>>> {
    const call: Call = { path, kind: "command", input, identity, commandId };
    return this.#run(call, async (engine, requestId) => {
      requireCommandId(commandId, "commandId");
      const answer = await this.#call(call, {
        ...{ engine, requestId, identity, commandId },
        freshness: freshnessContract(engine, {}),
        ...(basedOn && { basedOn: writeDecision(basedOn) }),
      });
      return { ...(answer as Omit<Executed<DataOf<Path>>, "commandId">), commandId };
    });
  }

  /** Asks a query. */
  ask<Path extends QueryPath>(
    path: Path,
    input: InputOf<Path>,
    identity: Identity,
    options: AskOptions = {},
  ): Promise<Asked<DataOf<Path>>> {
    const call: Call = { path, kind: "query", input, identity };
    return this.#run(call, async (engine, requestId) => {
      const answer = await this.#call(call, {
        ...{ engine, requestId, identity, commandId: undefined },
        freshness: freshnessContract(engine, wanted(options)),
      });
      return answer as Asked<DataOf<Path>>;
    });
  }

  async #run<Answer>(
    { path, commandId }: Call,
    work: (engine: Engine, requestId: string) => Promise<Answer>,
  ): Promise<Answer> {
    const requestId = randomUUID();
    const done = this.#options.inFlight.begin();
    try {
      return await work(this.#options.engine(), requestId);
    } catch (error) {
      logBug(this.#options.log, error, { path, requestId });
      throw toSelvedgeError(error, { requestId, commandId });
    } finally {
      done();
    }
  }

  async #call(call: Call, ctx: RequestContext): Promise<unknown> {
    const { served } = this.#options;
    served.requireKind(call.path, call.kind);
    const answer = await served.call(call, ctx, async () => asJson(call.input));
    return JSON.parse(JSON.stringify(answer));
  }
}

function wanted({ atLeast, maxStaleMs, onMiss, deadlineMs }: AskOptions) {
  const receipts = typeof atLeast === "string" ? [atLeast] : atLeast;
  const asks = (receipts?.length ?? 0) > 0 || maxStaleMs !== undefined;
  // As the SDK does it: who asks for something waits for it.
  return { atLeast: receipts, maxStaleMs, onMiss: onMiss ?? (asks ? "wait" : "serve"), deadlineMs };
}

function asJson(input: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(input);
  } catch (cause) {
    throw new Fault("BAD_INPUT", "The input is not valid.", {
      details: { issues: [{ path: "", message: "cannot be written as JSON" }] },
      cause,
    });
  }
  if (text === undefined) return undefined;
  if (Buffer.byteLength(text) > bodyBytesMax) {
    throw new Fault("TOO_LARGE", "The input is larger than the server accepts.");
  }
  return JSON.parse(text);
}
