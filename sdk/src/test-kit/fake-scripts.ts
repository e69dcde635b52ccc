import type { ProcedureShape } from "../calls.ts";
import { FakeFault, type RefusalWords, refusal } from "./fake-faults.ts";
import type { FakeHistory } from "./fake-history.ts";
import { pageOf, rowsAsked } from "./fake-pages.ts";
import type { FakeReader } from "./fake-reader.ts";

/** A call on its way through a fake server. */
export interface CallInHand {
  readonly path: string;
  readonly body: string;
  readonly commandId: string | undefined;
  readonly request: Request;
}

interface Obstacle {
  readonly fault: FakeFault;
  left: number;
}

interface Applied {
  readonly path: string;
  readonly body: string;
  readonly answer: { readonly data: unknown; readonly receipt: string };
}

/** What a test said that procedures answer, and the server's part in answering it. */
export class FakeScripts {
  readonly #history: FakeHistory;
  readonly #reader: FakeReader;
  readonly #scripts = new Map<string, unknown>();
  readonly #obstacles = new Map<string, Obstacle>();
  /** What was applied, by command id. */
  readonly #applied = new Map<string, Applied>();
  /** While a command is being answered: the moment at which it happens. */
  #moment: number | undefined;

  constructor(history: FakeHistory, reader: FakeReader) {
    this.#history = history;
    this.#reader = reader;
  }

  /** From now on the procedure answers this. */
  answers(path: string, kind: ProcedureShape["kind"] | undefined, answer: unknown): void {
    if (kind === undefined) throw new Error(`There is no procedure ${path}.`);
    this.#obstacles.delete(path);
    if (kind === "query") this.#history.set(path, answer, this.#moment);
    else this.#scripts.set(path, answer);
  }

  /** From now on, so many times, the procedure fails. */
  fails(path: string, fault: FakeFault, times = Infinity): void {
    this.#obstacles.set(path, { fault, left: times });
  }

  /** Answers a call, as the server would. */
  async run({ kind, paged }: ProcedureShape, call: CallInHand): Promise<unknown> {
    if (kind === "command") return this.#command(call);
    this.#stumble(call.path);
    if (kind === "operation") return this.#compute(call, this.#scripts.get(call.path));
    const { value, freshness } = await this.#reader.read(call.path, call.request);
    const answer = this.#compute(call, value);
    if (!paged) return { data: answer, freshness };
    const input = JSON.parse(call.body);
    const rows =
      typeof value === "function" ? (answer as object[]) : rowsAsked(answer as object[], input);
    return { data: pageOf(rows, input), freshness };
  }

  #command(call: CallInHand): object {
    const { path, body, commandId } = call;
    if (!commandId) {
      const issues = [{ path: "selvedge-command-id", message: "is missing" }];
      throw new FakeFault("BAD_INPUT", "A header is not valid.", { details: { issues } });
    }
    const before = this.#applied.get(commandId);
    if (before) return { ...answerAgain(before, call), repeated: true };
    this.#stumble(path);
    this.#moment = this.#history.moment + 1;
    try {
      const data = this.#compute(call, this.#scripts.get(path));
      const receipt = this.#reader.receiptOf(this.#history.commandHappens());
      this.#applied.set(commandId, { path, body, answer: { data, receipt } });
      return { data, receipt, repeated: false };
    } finally {
      this.#moment = undefined;
    }
  }

  #stumble(path: string): void {
    const obstacle = this.#obstacles.get(path);
    if (!obstacle) return;
    obstacle.left -= 1;
    if (obstacle.left <= 0) this.#obstacles.delete(path);
    throw obstacle.fault;
  }

  #compute({ path, body, commandId }: CallInHand, script: unknown): unknown {
    if (script === undefined) throw new Error(`say fake.answers("${path}", ...) first`);
    if (typeof script !== "function") return script;
    const refuse = (reason: string, words?: RefusalWords) => {
      throw refusal(reason, words);
    };
    return script(JSON.parse(body), { commandId, refuse });
  }
}

function answerAgain(before: Applied, { path, body, commandId }: CallInHand): Applied["answer"] {
  if (before.path === path && before.body === body) return before.answer;
  throw new FakeFault("COMMAND_ID_REUSED", "This command id was used before with another body.", {
    details: { commandId, procedure: before.path },
    hint: "Make a new id for a new command; keep it only while repeating the same one.",
  });
}
