import type { Commands, ReadModelFacts } from "./api.gen.ts";
import { basedOnHeaders } from "./based-on.ts";
import {
  type BulkCommand,
  type BulkOptions,
  type BulkOutcome,
  bulk,
  type CommandTable,
} from "./bulk.ts";
import type {
  Api,
  Asked,
  CallOptions,
  CommandOptions,
  CommandResult,
  FollowOptions,
  LiveOptions,
  ProcedureShape,
  QueryOptions,
  QueryResult,
} from "./calls.ts";
import { newCommandId } from "./command-id.ts";
import { isSelvedgeError } from "./errors.ts";
import { type FeedPage, follow } from "./follow.ts";
import { followLive } from "./live.ts";
import { expectFields, freshnessHeaders, writeBody } from "./messages.ts";
import { Notices } from "./notices.ts";
import { openFeed } from "./open-feed.ts";
import type { SelvedgeOptions } from "./options.ts";
import { type Page, rowsOf } from "./pages.ts";
import { Places } from "./places.ts";
import { Receipts } from "./receipts.ts";
import { aborted, attemptShares, send } from "./retry.ts";
import { contractSaid, sdkVersion } from "./version.ts";
import { begin, type CallBegin, watched } from "./watch.ts";

// A server takes 64 receipts a query: half for our own commands, half for a call's `atLeast`.
// Further commands wait for their turn, so that no receipt has to be dropped for want of room.
const commandsAtOnceMax = 32;

class SelvedgeClient<All extends CommandTable<All> = Commands, Facts = ReadModelFacts> {
  readonly #contract: string;
  readonly #options: SelvedgeOptions;
  readonly #receipts = new Receipts(commandsAtOnceMax);
  readonly #places = new Places(commandsAtOnceMax);
  readonly #notices: Notices;

  constructor(options: SelvedgeOptions, api: Api) {
    this.#contract = contractSaid(api.contractHash);
    this.#notices = new Notices(options.onNotice);
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
    const modules: Record<string, Record<string, unknown>> = {};
    for (const [path, shape] of Object.entries(api.procedures)) {
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
  bulk<Command extends BulkCommand<All, Facts>>(
    commands: Iterable<Command> | AsyncIterable<Command>,
    options: BulkOptions<Command> = {},
  ): AsyncGenerator<BulkOutcome<Command, All>, void, undefined> {
    const outcomes = bulk(commands, options, async (body, sending) => {
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
    return outcomes as AsyncGenerator<BulkOutcome<Command, All>, void, undefined>;
  }

  #callable(path: string, shape: ProcedureShape): unknown {
    if (shape.kind === "command") {
      return (input: object, options?: CommandOptions) => this.#command(path, input, options);
    }
    if (shape.kind === "operation") {
      const { repeatable } = shape;
      const operation = async (input?: object, options: CallOptions = {}) =>
        this.#send(begin("operation", path), writeBody(input), { options, repeatable });
      if (!shape.live) return operation;
      const told = (input?: object, options: LiveOptions = {}) =>
        followLive(options, {
          open: (signal) => this.#openStream(path, `live/${path}`, {}, signal),
          ask: async (asking) => (await operation(input, { ...asking, retriesMax: 0 })) as object,
        });
      return Object.assign(operation, { follow: told });
    }
    const query = (input?: object, options?: QueryOptions) => this.#query(path, input, options);
    if (shape.feed) {
      const followed = (input: object = {}, options: FollowOptions = {}) =>
        follow(input, options, {
          open: (asked, signal) => this.#openStream(path, "feed", asked, signal),
          ask: async (asked, signal) =>
            (await this.#query(path, asked, { signal, onMiss: "serve" })).data as FeedPage,
        });
      return Object.assign(query, { follow: followed });
    }
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
    const asked = { options, headers: freshnessHeaders(own, options) };
    try {
      const answer = await this.#send(begin("query", path), writeBody(input), asked);
      return expectFields<QueryResult<unknown>>(path, answer, ["data", "freshness"]);
    } catch (error) {
      // The database was replaced. This call says so; the next ones must not fail for ever.
      const refused = isSelvedgeError(error) && error.code === "RECEIPT_REFUSED";
      if (refused && !options.atLeast?.length) this.#receipts.forget(own);
      throw error;
    }
  }

  #openStream(path: string, place: string, input: object, signal: AbortSignal) {
    const { baseUrl, watchCalls } = this.#options;
    return watched(watchCalls, begin("feed", path), (told) =>
      openFeed(`${baseUrl}/${place}`, input, {
        headers: { ...told.headers, ...this.#headers() },
        ...{ fetch: this.#fetch, told, signal },
      }),
    );
  }

  // Browsers refuse a `fetch` that is called as a method of anything but the window.
  readonly #fetch: typeof globalThis.fetch = (...args) =>
    (this.#options.fetch ?? globalThis.fetch)(...args);

  #headers(): Record<string, string> {
    const { apiKey } = this.#options;
    return {
      "selvedge-sdk": `js/${sdkVersion}`,
      "selvedge-contract": this.#contract,
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    };
  }

  #send(
    call: CallBegin,
    body: string,
    { options, headers, repeatable = true }: Asked,
  ): Promise<unknown> {
    const { baseUrl, timeoutMs = 30_000, attemptTimeoutMs = 10_000 } = this.#options;
    const retriesMax = options.retriesMax ?? this.#options.retriesMax ?? Infinity;
    return watched(this.#options.watchCalls, call, (told) => {
      const message = {
        url: `${baseUrl}/${call.kind === "bulk" ? "bulk" : `trpc/${call.procedure}`}`,
        headers: {
          ...told.headers,
          "content-type": "application/json",
          ...this.#headers(),
          ...headers,
        },
        body,
        repeatable,
        timeoutMs: options.timeoutMs ?? timeoutMs,
        attemptTimeoutMs: attemptTimeoutMs * attemptShares[call.kind],
        signal: options.signal,
      };
      return send(message, { fetch: this.#fetch, retriesMax, told, notices: this.#notices });
    });
  }
}

/** A client of a server with these modules, commands and read models. */
export type Client<
  AllModules,
  All extends CommandTable<All> = Commands,
  Facts = ReadModelFacts,
> = SelvedgeClient<All, Facts> & AllModules;

/** Makes the class of the clients of one contract. */
export function clientOf<
  AllModules,
  All extends CommandTable<All> = Commands,
  Facts = ReadModelFacts,
>(api: Api): new (options: SelvedgeOptions) => Client<AllModules, All, Facts> {
  class ClientOfApi extends SelvedgeClient<All, Facts> {
    constructor(options: SelvedgeOptions) {
      super(options, api);
    }
  }
  // The constructor adds the modules.
  return ClientOfApi as never;
}
