import { basedOnHeaders } from "../based-on.js";
import { newCommandId } from "../command-id.js";
import { SelvedgeError } from "../errors.js";
import { changesOf } from "./changes.js";
import { withThoseAfter } from "./order.js";
import { QueueList } from "./queue-list.js";
import { stateOf } from "./queue-state.js";
import { Runner } from "./runner.js";
import { callOf, Sender } from "./sender.js";
export class OfflineQueue {
    #client;
    #onRefused;
    #entriesMax;
    #list;
    #sender;
    #runner;
    #listeners = new Set();
    #trouble;
    #state;
    constructor(client, options) {
        const { store, onRefused = "continue", entriesMax = 1_000, appliedKept = 50 } = options;
        const { timeoutMs = 10_000, pauseMsMax = 30_000 } = options;
        this.#client = client;
        this.#onRefused = onRefused;
        this.#entriesMax = entriesMax;
        this.#list = new QueueList(store, appliedKept, {
            changed: (changes) => this.#tell(changes),
            adopt: (receipts, instead) => client.adopt(receipts, instead),
        });
        const troubled = (trouble) => this.#troubled(trouble);
        this.#sender = new Sender(client, this.#list, { onRefused, timeoutMs, troubled });
        this.#runner = new Runner(store, this.#list, this.#sender, {
            ...{ pauseMsMax, troubled },
            isInTrouble: () => this.#trouble !== undefined,
        });
    }
    get state() {
        this.#state ??= stateOf(this.#list.commands, this.#onRefused, this.#trouble);
        return this.#state;
    }
    ready() {
        return this.#list.ready();
    }
    async put(path, input, { group, after, basedOn, insteadOf } = {}) {
        if (!callOf(this.#client, path))
            throw badInput(`There is no command ${path}.`);
        basedOnHeaders(basedOn);
        await this.#list.ready();
        const old = insteadOf === undefined ? undefined : this.#refused(insteadOf);
        const command = asJson({
            commandId: newCommandId(),
            path,
            input,
            at: new Date().toISOString(),
            group: group ?? old?.group,
            after: after ?? old?.after,
            basedOn,
            insteadOf: old && [old.commandId, ...(old.insteadOf ?? [])],
        });
        await this.#list.add(command, this.#entriesMax, insteadOf);
        if (!this.#trouble)
            this.#runner.wake();
        return command;
    }
    async retry(commandId) {
        await this.#list.ready();
        this.#refused(commandId);
        await this.#list.settle(commandId, undefined);
        this.#runner.wake();
    }
    async drop(commandId, { withThoseAfter: chain = false } = {}) {
        await this.#list.ready();
        const ids = chain ? withThoseAfter(this.#list.commands, commandId) : [commandId];
        const inFlight = this.#sender.inFlight;
        if (inFlight !== undefined && ids.includes(inFlight)) {
            throw badInput("The command is being sent just now.");
        }
        await this.#list.remove(ids);
        this.#runner.wake();
    }
    async send({ signal } = {}) {
        const controller = new AbortController();
        const giveUp = () => controller.abort(signal?.reason);
        if (signal?.aborted)
            giveUp();
        signal?.addEventListener("abort", giveUp, { once: true });
        const unsubscribe = this.subscribe(() => {
            if (this.state.pending.length === 0)
                controller.abort(nothingLeft);
        });
        try {
            await this.#runner.sendNow(controller.signal);
        }
        catch (error) {
            if (error !== nothingLeft)
                throw error;
        }
        finally {
            unsubscribe();
            signal?.removeEventListener("abort", giveUp);
        }
        return this.state;
    }
    start() {
        this.#runner.start();
    }
    stop() {
        return this.#runner.stop();
    }
    subscribe(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }
    changes({ signal, } = {}) {
        return changesOf((listener) => this.subscribe(listener), signal);
    }
    async outcome(commandId, options) {
        await this.#list.ready();
        const known = this.#list.commands.find(({ command }) => command.commandId === commandId);
        if (!known)
            throw badInput("There is no such command in the queue.");
        if (known.outcome)
            return known.outcome;
        for await (const change of this.changes(options)) {
            if (change.type === "trouble" || change.command.commandId !== commandId)
                continue;
            if (change.type === "dropped")
                break;
            if ("outcome" in change)
                return change.outcome;
        }
        throw new SelvedgeError("The command was dropped, or waiting for it was given up.", {
            code: "ABORTED",
            commandId,
        });
    }
    #refused(commandId) {
        const found = this.state.refused.find(({ command }) => command.commandId === commandId);
        if (!found)
            throw badInput("There is no refused command with this id in the queue.");
        return found.command;
    }
    #troubled(trouble) {
        if (trouble?.code === this.#trouble?.code)
            return;
        this.#trouble = trouble;
        this.#tell([{ type: "trouble", trouble }]);
    }
    #tell(changes) {
        this.#state = undefined;
        for (const change of changes) {
            for (const listener of this.#listeners)
                listener(change);
        }
    }
}
const nothingLeft = new Error("Nothing is left to be sent.");
function asJson(value) {
    try {
        return JSON.parse(JSON.stringify(value));
    }
    catch (cause) {
        throw badInput("The input cannot be written as JSON.", cause);
    }
}
function badInput(message, cause) {
    return new SelvedgeError(message, { code: "BAD_INPUT", cause });
}
