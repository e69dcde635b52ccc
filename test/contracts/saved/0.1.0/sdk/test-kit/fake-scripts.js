import { FakeFault, refusal } from "./fake-faults.js";
import { pageOf, rowsAsked } from "./fake-pages.js";
export class FakeScripts {
    #history;
    #reader;
    #scripts = new Map();
    #obstacles = new Map();
    #applied = new Map();
    #moment;
    constructor(history, reader) {
        this.#history = history;
        this.#reader = reader;
    }
    answers(path, kind, answer) {
        if (kind === undefined)
            throw new Error(`There is no procedure ${path}.`);
        this.#obstacles.delete(path);
        if (kind === "query")
            this.#history.set(path, answer, this.#moment);
        else
            this.#scripts.set(path, answer);
    }
    fails(path, fault, times = Infinity) {
        this.#obstacles.set(path, { fault, left: times });
    }
    async run({ kind, paged }, call) {
        if (kind === "command")
            return this.#command(call);
        this.#stumble(call.path);
        if (kind === "operation")
            return this.#compute(call, this.#scripts.get(call.path));
        const { value, freshness } = await this.#reader.read(call.path, call.request);
        const answer = this.#compute(call, value);
        if (!paged)
            return { data: answer, freshness };
        const input = JSON.parse(call.body);
        const rows = typeof value === "function" ? answer : rowsAsked(answer, input);
        return { data: pageOf(rows, input), freshness };
    }
    #command(call) {
        const { path, body, commandId } = call;
        if (!commandId) {
            const issues = [{ path: "selvedge-command-id", message: "is missing" }];
            throw new FakeFault("BAD_INPUT", "A header is not valid.", { details: { issues } });
        }
        const before = this.#applied.get(commandId);
        if (before)
            return { ...answerAgain(before, call), repeated: true };
        this.#stumble(path);
        this.#moment = this.#history.moment + 1;
        try {
            const data = this.#compute(call, this.#scripts.get(path));
            const receipt = this.#reader.receiptOf(this.#history.commandHappens());
            this.#applied.set(commandId, { path, body, answer: { data, receipt } });
            return { data, receipt, repeated: false };
        }
        finally {
            this.#moment = undefined;
        }
    }
    #stumble(path) {
        const obstacle = this.#obstacles.get(path);
        if (!obstacle)
            return;
        obstacle.left -= 1;
        if (obstacle.left <= 0)
            this.#obstacles.delete(path);
        throw obstacle.fault;
    }
    #compute({ path, body, commandId }, script) {
        if (script === undefined)
            throw new Error(`say fake.answers("${path}", ...) first`);
        if (typeof script !== "function")
            return script;
        const refuse = (reason, words) => {
            throw refusal(reason, words);
        };
        return script(JSON.parse(body), { commandId, refuse });
    }
}
function answerAgain(before, { path, body, commandId }) {
    if (before.path === path && before.body === body)
        return before.answer;
    throw new FakeFault("COMMAND_ID_REUSED", "This command id was used before with another body.", {
        details: { commandId, procedure: before.path },
        hint: "Make a new id for a new command; keep it only while repeating the same one.",
    });
}
