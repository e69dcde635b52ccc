import { procedures as ownProcedures } from "../api.gen.ts";
import type { Api, ProcedureShape } from "../calls.ts";
import type { SelvedgeErrorCode } from "../errors.ts";
import type { SelvedgeOptions } from "../options.ts";
import { type Clock, type ManualClock, realClock } from "./clock.ts";
import { answerBulk } from "./fake-bulk.ts";
import {
  FakeFault,
  type FaultWords,
  faultResponse,
  jsonResponse,
  type RefusalWords,
  refusal,
} from "./fake-faults.ts";
import { FakeHistory } from "./fake-history.ts";
import { FakeReader } from "./fake-reader.ts";
import { type CallInHand, FakeScripts } from "./fake-scripts.ts";
import type {
  Answering,
  AnswerOf,
  CommandPath,
  FakeCall,
  InputOf,
  ProcedurePath,
  Procedures,
  ReadModelName,
  RefusalOf,
  Times,
} from "./fake-types.ts";

/** How a fake server behaves. */
export interface FakeOptions {
  /** What it waits by. Default: the machine's clock. */
  clock?: Clock | ManualClock | undefined;
  /** What there is to call, where a host has more than Selvedge: its SDK's `procedures`. */
  procedures?: Api["procedures"] | undefined;
}

const baseUrl = "https://fake.selvedge.test";

/** A Selvedge in memory, for tests of what talks to one; see `fakeSelvedge`. */
export class FakeSelvedge<All = Procedures> {
  /** What to make the client with: `new Selvedge(fake.options)`. */
  readonly options: SelvedgeOptions;
  /** Every call that has come so far. */
  readonly calls: FakeCall[] = [];
  readonly #procedures: Api["procedures"];
  readonly #clock: Clock | ManualClock;
  readonly #history: FakeHistory;
  readonly #reader: FakeReader;
  readonly #scripts: FakeScripts;
  #network: "up" | "cut" = "up";
  #answersToLose = 0;

  constructor({ clock = realClock, procedures = ownProcedures }: FakeOptions = {}) {
    this.#procedures = procedures;
    this.#clock = clock;
    this.#history = new FakeHistory(() => clock.now());
    this.#reader = new FakeReader(this.#history, clock);
    this.#scripts = new FakeScripts(this.#history, this.#reader);
    this.options = { baseUrl, fetch: (input, init) => this.#fetch(new Request(input, init), init) };
  }

  /**
   * What a procedure answers from now on: rows for a paged query, data for any other procedure, or
   * a function that computes them. Rows are filtered by what the query names, and cut into pages.
   */
  answers<Path extends ProcedurePath<All>>(
    path: Path,
    answer: AnswerOf<Path, All> | Answering<Path, All>,
  ): this {
    this.#scripts.answers(path, this.#procedures[path]?.kind, answer);
    return this;
  }

  /** Refuses a command. */
  refuses<Path extends CommandPath<All>>(
    path: Path,
    reason: RefusalOf<Path, All>,
    { times, ...words }: RefusalWords & Times = {},
  ): this {
    this.#scripts.fails(path, refusal(reason, words), times);
    return this;
  }

  /** Lets calls of a procedure fail. */
  fails(
    path: ProcedurePath<All>,
    code: Exclude<SelvedgeErrorCode, "REFUSED" | "NETWORK" | "ABORTED">,
    { times, message, details, hint }: FaultWords & Times = {},
  ): this {
    const facts = { ...(details && { details }), ...(hint && { hint }) };
    this.#scripts.fails(path, new FakeFault(code, message ?? `It fails: ${code}.`, facts), times);
    return this;
  }

  /**
   * From now on a read model shows what happens only so much later; `Infinity`: not at all. Every
   * command counts as a change of it.
   */
  withLag(readModel: ReadModelName<All>, ms: number): this {
    const path = Object.keys(this.#procedures).find((one) => one.endsWith(`.${readModel}`));
    if (!path) throw new Error(`There is no query ${readModel}.`);
    this.#history.lag(path, ms);
    return this;
  }

  /** Cuts the network: no call arrives, and no answer, until it is mended. */
  cutNetwork(): this {
    this.#network = "cut";
    return this;
  }

  /** Ends what `cutNetwork` began. */
  mendNetwork(): this {
    this.#network = "up";
    return this;
  }

  /** Does what the next calls ask for, and loses the answers. */
  losesAnswers(count = 1): this {
    this.#answersToLose = count;
    return this;
  }

  /** Inputs of the calls of one procedure, in their order. */
  inputsOf<Path extends ProcedurePath<All>>(path: Path): InputOf<Path, All>[] {
    return this.calls
      .filter((call) => call.path === path)
      .map(({ input }) => input as InputOf<Path, All>);
  }

  /** Waits until every read model shows everything; a manual clock is moved on so far. */
  async waitForFresh(): Promise<void> {
    for (const path of this.#history.lagging()) {
      for (let ms = this.#history.nextInMs(path); ms; ms = this.#history.nextInMs(path)) {
        if (ms === Infinity) throw new Error(`The lag of ${path} is infinite.`);
        await ("advance" in this.#clock ? this.#clock.advance(ms) : this.#clock.wait(ms));
      }
    }
  }

  async #fetch(request: Request, init: RequestInit | undefined): Promise<Response> {
    // A text is there at once, so that a call is under way as soon as it is made.
    const body = typeof init?.body === "string" ? init.body : await request.text();
    this.#arrive(request.signal);
    const lost = this.#answersToLose > 0;
    if (lost) this.#answersToLose -= 1;
    const response = await this.#respond(request, body);
    if (lost) throw new TypeError("fetch failed: the answer was lost");
    this.#arrive(request.signal);
    return response;
  }

  #arrive(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.#network === "cut") throw new TypeError("fetch failed: the network is cut");
  }

  async #respond(request: Request, body: string): Promise<Response> {
    const requestId = `fake-${this.calls.length + 1}`;
    const { pathname } = new URL(request.url);
    try {
      const data = pathname.endsWith("/bulk")
        ? await this.#bulk(request, body)
        : await this.#run(request, {
            path: pathname.replace(/^.*\/trpc\//, ""),
            body,
            commandId: request.headers.get("selvedge-command-id") ?? undefined,
          });
      return jsonResponse(200, { result: { data } }, requestId);
    } catch (error) {
      if (error instanceof FakeFault) return faultResponse(error, requestId);
      throw error;
    }
  }

  async #bulk(request: Request, body: string): Promise<object> {
    const answers = await answerBulk(body, async ({ command: path, commandId, input }) => {
      if (this.#procedures[path]?.kind !== "command") {
        throw new FakeFault("NOT_FOUND", "There is no such command.");
      }
      const one = { path, body: JSON.stringify(input), commandId };
      return (await this.#run(request, one)) as object;
    });
    return { answers, receipt: this.#reader.receiptOf(this.#history.moment) };
  }

  async #run(request: Request, call: Omit<CallInHand, "request">): Promise<unknown> {
    const { path, body, commandId } = call;
    const at = this.#clock.now();
    this.calls.push({ path, input: JSON.parse(body), commandId, headers: request.headers, at });
    const shape: ProcedureShape | undefined = this.#procedures[path];
    try {
      if (!shape) throw new FakeFault("NOT_FOUND", "There is no such procedure.");
      return await this.#scripts.run(shape, { ...call, request });
    } catch (error) {
      if (error instanceof FakeFault || request.signal.aborted) throw error;
      const words = error instanceof Error ? error.message : String(error);
      throw new FakeFault("INTERNAL", `The test's answer to ${path}: ${words}`);
    }
  }
}

/**
 * A Selvedge in memory, for tests of programs that talk to one. It speaks what the server speaks,
 * so the client is the real one: own writes, retries and errors are as they will be.
 *
 * ```ts
 * const fake = fakeSelvedge();
 * const selvedge = new Selvedge(fake.options);
 * fake.answers("stock.sellableAvailability", [{ sku: "TEE-RED-M", available: 3 }]);
 * fake.refuses("orders.placeOrder", "variant-unknown", { kind: "invalid" });
 * fake.withLag("orderBoard", 500);
 * ```
 */
export function fakeSelvedge<All = Procedures>(options: FakeOptions = {}): FakeSelvedge<All> {
  return new FakeSelvedge(options);
}
