import { nextOf, orderOf } from "./order.js";
import { kept, mayBeItsOwnFault, verdictOn } from "./verdict.js";
export class Sender {
    #client;
    #list;
    #options;
    #tries = new Map();
    #inFlight;
    constructor(client, list, options) {
        this.#client = client;
        this.#list = list;
        this.#options = options;
    }
    get inFlight() {
        return this.#inFlight;
    }
    async sendAll(signal) {
        while (!signal.aborted) {
            const next = nextOf(orderOf(this.#list.commands, this.#options.onRefused));
            if (!next)
                return this.#options.troubled(undefined);
            this.#inFlight = next.commandId;
            try {
                const outcome = await this.#send(next, signal);
                if (!outcome)
                    return;
                await this.#list.settle(next.commandId, outcome);
                this.#tries.delete(next.commandId);
                this.#options.troubled(undefined);
            }
            finally {
                this.#inFlight = undefined;
            }
        }
    }
    async #send(command, signal) {
        const { path, commandId, input, basedOn } = command;
        const call = callOf(this.#client, path);
        if (!call) {
            const message = `This version of the SDK has no command ${path}.`;
            return { state: "refused", error: { code: "NOT_FOUND", message }, settledAt: now() };
        }
        try {
            const { timeoutMs } = this.#options;
            const options = { commandId, basedOn, signal, timeoutMs, retriesMax: 0 };
            const answer = await call(input, options);
            const { data, receipt, repeated } = answer;
            return { state: "applied", data, receipt, repeated, settledAt: now() };
        }
        catch (error) {
            if (signal.aborted)
                return undefined;
            const tries = (this.#tries.get(commandId) ?? 0) + (mayBeItsOwnFault(error) ? 1 : 0);
            this.#tries.set(commandId, tries);
            if (verdictOn(error, tries) === "refused") {
                return { state: "refused", error: kept(error), settledAt: now() };
            }
            this.#options.troubled(kept(error));
            return undefined;
        }
    }
}
export function callOf(client, path) {
    const [module = "", name = ""] = path.split(".");
    const methods = client[module];
    const method = methods?.[name];
    return typeof method === "function" ? method : undefined;
}
function now() {
    return new Date().toISOString();
}
