import { type Modules, procedures } from "./api.gen.ts";
import { basedOnHeaders } from "./based-on.ts";
import { type BulkCommand, type BulkOptions, type BulkOutcome, bulk } from "./bulk.ts";
import type {
  CallOptions,
  CommandOptions,
  CommandResult,
  ProcedureShape,
  QueryOptions,
  QueryResult,
} from "./calls.ts";
import { newCommandId } from "./command-id.ts";
import { isSelvedgeError } from "./errors.ts";
import { expectFields, freshnessHeaders, writeBody } from "./messages.ts";
import { Notices } from "./notices.ts";
import { type Page, rowsOf } from "./pages.ts";
import { Places } from "./places.ts";
import { Receipts } from "./receipts.ts";
import { aborted, send } from "./retry.ts";
import { contractSaid, sdkVersion } from "./version.ts";
import { type CallBegin, type WatchCalls, watched } from "./watch.ts";

/** How to reach a Selvedge, and how to behave towards it. */
export interface SelvedgeOptions {
  /** Where Selvedge is mounted, e.g. `https://erp.example/selvedge`; calls go below it. */
  baseUrl: string;
  /** A partner's key (`slv_...`). */
  apiKey?: string | undefined;
  /** Used instead of the global `fetch`, e.g. to add a header of the host's. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How long a call may take in ms once it is sent, all attempts together. Default: 30,000. */
  timeoutMs?: number | undefined;
  /**
   * How long one attempt may take in ms before another is made: connections can die without a word.
   * Default: 10,000, twice what the server takes for a query.
   */
  attemptTimeoutMs?: number | undefined;
  /** Most repetitions of one call, beside the time it has. Default: as the time allows. */
  retriesMax?: number | undefined;
  /**
   * `own-writes` (default): a query shows what this instance's commands have written, and waits for
   * it where it must; so give each user of a server their own instance. `none`: a query asks for no
   * more than its `atLeast` does.
   */
  consistency?: "own-writes" | "none" | undefined;
  /**
   * Told of every call that begins, for logs, metrics and traces; it may answer headers to send and
   * what to tell of retries and of the end.
   */
  watchCalls?: WatchCalls | undefined;
  /**
   * Hears, once each, what the server wants its callers to know: that a procedure is deprecated and
   * what to use instead, or that this SDK is newer than the server. Default: `console.warn`.
   */
  onNotice?: ((notice: string) => void) | undefined;
}

// A server takes 64 receipts a query: half for our own commands, half for a call's `atLeast`.
// Further commands wait for their turn, so that no receipt has to be dropped for want of room.
const commandsAtOnceMax = 32;

class SelvedgeClient {
  readonly #options: SelvedgeOptions;
  readonly #receipts = new Receipts(commandsAtOnceMax);
  readonly #places = new Places(commandsAtOnceMax);
  readonly #notices: Notices;

  constructor(options: SelvedgeOptions) {
    this.#notices = new Notices(options.onNotice);
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
    const modules: Record<string, Record<string, unknown>> = {};
    for (const [path, shape] of Object.entries<ProcedureShape>(procedures)) {
      const [module = "", name = ""] = path.split(".");
      modules[module] ??= {};
      modules[module][name] = this.#callable(path, shape);
    }
    Object.assign(this, modules);
  }

  /** Receipts of this instance's commands, for another process to pass on in `atLeast`. */
  receipts(): string[] {
    return this.#receipts.list();
  }

  /**
   * Takes receipts of commands that were sent elsewhere: this client's queries show those writes
   * too. `instead` names receipts taken before which these make unnecessary: those of commands that
   * had been answered when these were sent.
   */
  adopt(receipts: readonly string[], instead: readonly string[] = []): void {
    this.#receipts.forget(instead);
    for (const receipt of receipts) this.#receipts.keep(receipt, "earlier");
  }

  /**
   * Sends many commands in few requests: `for await (const outcome of selvedge.bulk(commands))`.
   * Each is answered for itself, in the order given.
   */
  bulk<Command extends BulkCommand>(
    commands: Iterable<Command> | AsyncIterable<Command>,
    options: BulkOptions<Command> = {},
  ): AsyncGenerator<BulkOutcome<Command>, void, undefined> {
    return bulk(commands, options, async (body, sending) => {
      const { signal } = sending;
      await this.#places.take(signal).catch(() => Promise.reject(aborted(signal)));
      try {
        const begunAt = this.#receipts.begin();
        const answer = await this.#send(begin("bulk", "bulk"), body, { options: sending });
        const { receipt } = expectFields<{ receipt: string }>("bulk", answer, ["receipt"]);
        this.#receipts.keep(receipt, begunAt);
        return answer;
      } finally {
        this.#places.leave();
      }
    });
  }

  #callable(path: string, shape: ProcedureShape): unknown {
    if (shape.kind === "command") {
      return (input: object, options?: CommandOptions) => this.#command(path, input, options);
    }
    if (shape.kind === "operation") {
      return async (input?: object, options: CallOptions = {}) =>
        this.#send(begin("operation", path), writeBody(input), {
          options,
          repeatable: shape.repeatable,
        });
    }
    const query = (input?: object, options?: QueryOptions) => this.#query(path, input, options);
    if (!shape.paged) return query;
    const rows = (input?: object, options?: QueryOptions) =>
      rowsOf(input, (page) => query(page, options) as Promise<QueryResult<Page<unknown>>>);
    return Object.assign(query, { rows });
  }

  async #command(
    path: string,
    input: object,
    options: CommandOptions = {},
  ): Promise<CommandResult<unknown>> {
    const commandId = options.commandId ?? newCommandId();
    const { signal } = options;
    try {
      const body = writeBody(input);
      const headers = {
        "selvedge-command-id": commandId,
        ...basedOnHeaders(options.basedOn),
      };
      await this.#places.take(signal).catch(() => Promise.reject(aborted(signal)));
      try {
        const begunAt = this.#receipts.begin();
        const answer = await this.#send(begin("command", path, commandId), body, {
          options,
          headers,
        });
        const { data, receipt, repeated } = expectFields<CommandResult<unknown>>(path, answer, [
          "data",
          "receipt",
          "repeated",
        ]);
        // An id of our own making cannot have been applied before this call began.
        const ours = options.commandId === undefined || !repeated;
        this.#receipts.keep(receipt, ours ? begunAt : "earlier");
        return { data, receipt, repeated, commandId };
      } finally {
        this.#places.leave();
      }
    } catch (error) {
      throw isSelvedgeError(error) ? Object.assign(error, { commandId }) : error;
    }
  }

  async #query(
    path: string,
    input: object | undefined,
    options: QueryOptions = {},
  ): Promise<QueryResult<unknown>> {
    const own = this.#options.consistency === "none" ? [] : this.#receipts.list();
    const headers = freshnessHeaders(own, options);
    try {
      const answer = await this.#send(begin("query", path), writeBody(input), {
        options,
        headers,
      });
      return expectFields<QueryResult<unknown>>(path, answer, ["data", "freshness"]);
    } catch (error) {
      // The database was replaced. This call says so; the next ones must not fail for ever.
      const refused = isSelvedgeError(error) && error.code === "RECEIPT_REFUSED";
      if (refused && !options.atLeast?.length) this.#receipts.forget(own);
      throw error;
    }
  }

  #send(
    call: CallBegin,
    body: string,
    { options, headers, repeatable = true }: Asked,
  ): Promise<unknown> {
    const { baseUrl, apiKey, fetch, timeoutMs = 30_000, attemptTimeoutMs = 10_000 } = this.#options;
    const retriesMax = options.retriesMax ?? this.#options.retriesMax ?? Infinity;
    // Browsers refuse a `fetch` that is called as a method of anything but the window.
    const fetchNow: typeof globalThis.fetch = (...args) => (fetch ?? globalThis.fetch)(...args);
    return watched(this.#options.watchCalls, call, (told) => {
      const message = {
        url: `${baseUrl}/${call.kind === "bulk" ? "bulk" : `trpc/${call.procedure}`}`,
        headers: {
          ...told.headers,
          "content-type": "application/json",
          "selvedge-sdk": `js/${sdkVersion}`,
          "selvedge-contract": contractSaid,
          ...(apiKey && { authorization: `Bearer ${apiKey}` }),
          ...headers,
        },
        body,
        repeatable,
        timeoutMs: options.timeoutMs ?? timeoutMs,
        attemptTimeoutMs: attemptTimeoutMs * attemptsLong[call.kind],
        signal: options.signal,
      };
      return send(message, { fetch: fetchNow, retriesMax, told, notices: this.#notices });
    });
  }
}

// A hundred commands take longer than one, and a verification as long as it takes.
const attemptsLong = { command: 1, query: 1, bulk: 3, operation: Infinity } as const;

/** How a call is sent. */
interface Asked {
  readonly options: CallOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly repeatable?: boolean;
}

function begin(kind: CallBegin["kind"], procedure: string, commandId?: string): CallBegin {
  return { kind, procedure, commandId };
}

/** A client of one Selvedge: `selvedge.<module>.<procedure>(input, options)`. */
export type Selvedge = SelvedgeClient & Modules;

/**
 * Makes a client.
 *
 * ```ts
 * const selvedge = new Selvedge({ baseUrl: "https://erp.example/selvedge", apiKey });
 * await selvedge.orders.cancelOrder({ orderId, reason: "customer changed their mind" });
 * const { data, freshness } = await selvedge.orders.orderBoard({ orderId }); // shows it cancelled
 * ```
 */
export const Selvedge = SelvedgeClient as new (options: SelvedgeOptions) => Selvedge;
