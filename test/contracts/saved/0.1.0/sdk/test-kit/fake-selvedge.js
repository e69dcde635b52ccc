import { procedures } from "../api.gen.js";
import { realClock } from "./clock.js";
import { answerBulk } from "./fake-bulk.js";
import { FakeFault, faultResponse, jsonResponse, refusal, } from "./fake-faults.js";
import { FakeHistory } from "./fake-history.js";
import { FakeReader } from "./fake-reader.js";
import { FakeScripts } from "./fake-scripts.js";
const baseUrl = "https://fake.selvedge.test";
export class FakeSelvedge {
    options;
    calls = [];
    #clock;
    #history;
    #reader;
    #scripts;
    #network = "up";
    #answersToLose = 0;
    constructor({ clock = realClock } = {}) {
        this.#clock = clock;
        this.#history = new FakeHistory(() => clock.now());
        this.#reader = new FakeReader(this.#history, clock);
        this.#scripts = new FakeScripts(this.#history, this.#reader);
        this.options = { baseUrl, fetch: (input, init) => this.#fetch(new Request(input, init), init) };
    }
    answers(path, answer) {
        this.#scripts.answers(path, procedures[path]?.kind, answer);
        return this;
    }
    refuses(path, reason, { times, ...words } = {}) {
        this.#scripts.fails(path, refusal(reason, words), times);
        return this;
    }
    fails(path, code, { times, message, details, hint } = {}) {
        const facts = { ...(details && { details }), ...(hint && { hint }) };
        this.#scripts.fails(path, new FakeFault(code, message ?? `It fails: ${code}.`, facts), times);
        return this;
    }
    withLag(readModel, ms) {
        const path = Object.keys(procedures).find((one) => one.endsWith(`.${readModel}`));
        if (!path)
            throw new Error(`There is no query ${readModel}.`);
        this.#history.lag(path, ms);
        return this;
    }
    cutNetwork() {
        this.#network = "cut";
        return this;
    }
    mendNetwork() {
        this.#network = "up";
        return this;
    }
    losesAnswers(count = 1) {
        this.#answersToLose = count;
        return this;
    }
    inputsOf(path) {
        return this.calls
            .filter((call) => call.path === path)
            .map(({ input }) => input);
    }
    async waitForFresh() {
        for (const path of this.#history.lagging()) {
            for (let ms = this.#history.nextInMs(path); ms; ms = this.#history.nextInMs(path)) {
                if (ms === Infinity)
                    throw new Error(`The lag of ${path} is infinite.`);
                await ("advance" in this.#clock ? this.#clock.advance(ms) : this.#clock.wait(ms));
            }
        }
    }
    async #fetch(request, init) {
        const body = typeof init?.body === "string" ? init.body : await request.text();
        this.#arrive(request.signal);
        const lost = this.#answersToLose > 0;
        if (lost)
            this.#answersToLose -= 1;
        const response = await this.#respond(request, body);
        if (lost)
            throw new TypeError("fetch failed: the answer was lost");
        this.#arrive(request.signal);
        return response;
    }
    #arrive(signal) {
        signal.throwIfAborted();
        if (this.#network === "cut")
            throw new TypeError("fetch failed: the network is cut");
    }
    async #respond(request, body) {
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
        }
        catch (error) {
            if (error instanceof FakeFault)
                return faultResponse(error, requestId);
            throw error;
        }
    }
    async #bulk(request, body) {
        const answers = await answerBulk(body, async ({ command: path, commandId, input }) => {
            if (procedures[path]?.kind !== "command") {
                throw new FakeFault("NOT_FOUND", "There is no such command.");
            }
            const one = { path, body: JSON.stringify(input), commandId };
            return (await this.#run(request, one));
        });
        return { answers, receipt: this.#reader.receiptOf(this.#history.moment) };
    }
    async #run(request, call) {
        const { path, body, commandId } = call;
        const at = this.#clock.now();
        this.calls.push({ path, input: JSON.parse(body), commandId, headers: request.headers, at });
        const shape = procedures[path];
        try {
            if (!shape)
                throw new FakeFault("NOT_FOUND", "There is no such procedure.");
            return await this.#scripts.run(shape, { ...call, request });
        }
        catch (error) {
            if (error instanceof FakeFault || request.signal.aborted)
                throw error;
            const words = error instanceof Error ? error.message : String(error);
            throw new FakeFault("INTERNAL", `The test's answer to ${path}: ${words}`);
        }
    }
}
export function fakeSelvedge(options = {}) {
    return new FakeSelvedge(options);
}
