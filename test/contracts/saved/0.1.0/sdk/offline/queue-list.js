import { SelvedgeError } from "../errors.js";
import { appliedIn, changesBetween } from "./queue-state.js";
import { withCommand, withOutcome } from "./queue-store.js";
export class QueueList {
    #store;
    #appliedKept;
    #listener;
    #settledHere = new Set();
    #adopted = [];
    #commands = [];
    #turns = Promise.resolve();
    #loaded;
    constructor(store, appliedKept, listener) {
        this.#store = store;
        this.#appliedKept = appliedKept;
        this.#listener = listener;
    }
    get commands() {
        return this.#commands;
    }
    ready() {
        this.#loaded ??= this.#inTurn(async () => {
            this.#commands = await this.#store.load();
            this.#adopt(appliedIn(this.#commands));
            this.#listener.changed([]);
        }).catch((error) => {
            this.#loaded = undefined;
            throw error;
        });
        return this.#loaded;
    }
    async look() {
        await this.ready();
        await this.#inTurn(async () => this.#show(await this.#store.load()));
    }
    async add(command, max, insteadOf) {
        await this.ready();
        await this.#inTurn(async () => {
            const isKept = await this.#store.add(command, max, insteadOf).catch(notKept);
            if (!isKept)
                throw full(max);
            this.#show(withCommand(this.#commands, command, insteadOf));
        });
    }
    settle(commandId, outcome) {
        return this.#inTurn(async () => {
            await this.#store.settle(commandId, outcome);
            this.#settledHere.add(commandId);
            this.#show(withOutcome(this.#commands, commandId, outcome));
            const applied = appliedIn(this.#commands);
            const tooMany = applied.slice(0, Math.max(0, applied.length - this.#appliedKept));
            if (tooMany.length > 0)
                await this.#remove(tooMany.map(({ command }) => command.commandId));
        });
    }
    async remove(commandIds) {
        await this.ready();
        await this.#inTurn(() => this.#remove(commandIds));
    }
    async #remove(commandIds) {
        await this.#store.remove(commandIds);
        for (const id of commandIds)
            this.#settledHere.delete(id);
        this.#show(this.#commands.filter(({ command }) => !commandIds.includes(command.commandId)));
    }
    #show(now) {
        const changes = changesBetween(this.#commands, now);
        if (changes.length === 0 && now.length === this.#commands.length)
            return;
        this.#commands = now;
        const applied = changes.flatMap((change) => (change.type === "applied" ? [change] : []));
        this.#adopt(applied.filter(({ command }) => !this.#settledHere.has(command.commandId)));
        this.#listener.changed(changes);
    }
    #adopt(applied) {
        if (applied.length === 0)
            return;
        const last = applied.map(({ outcome }) => outcome.repeated).lastIndexOf(false);
        const receipts = applied.slice(Math.max(0, last)).map(({ outcome }) => outcome.receipt);
        this.#listener.adopt(receipts, last < 0 ? [] : this.#adopted);
        this.#adopted = last < 0 ? [...this.#adopted, ...receipts] : receipts;
    }
    #inTurn(work) {
        const done = this.#turns.then(work);
        this.#turns = done.catch(() => { });
        return done;
    }
}
function full(max) {
    return new SelvedgeError(`The queue holds ${max} commands that were not applied yet.`, {
        code: "UNAVAILABLE",
        reason: "queue-full",
        retryable: true,
        details: { entriesMax: max },
        hint: "It takes more when some were sent, or refused ones were dropped.",
    });
}
function notKept(cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SelvedgeError(`The command could not be kept: ${why}`, {
        code: "UNAVAILABLE",
        reason: "not-kept",
        retryable: true,
        cause,
    });
}
