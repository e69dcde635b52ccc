import { Alarm, pauseMs, untilAborted } from "./pause.js";
import { kept } from "./verdict.js";
export class Runner {
    #store;
    #list;
    #sender;
    #options;
    #alarm = new Alarm();
    #passing;
    #turn = newTurn();
    #running;
    constructor(store, list, sender, options) {
        this.#store = store;
        this.#list = list;
        this.#sender = sender;
        this.#options = options;
    }
    wake() {
        this.#alarm.ring();
    }
    start() {
        if (this.#running)
            return;
        const controller = new AbortController();
        this.#running = { controller, ended: this.#run(controller.signal) };
    }
    async stop() {
        const running = this.#running;
        this.#running = undefined;
        running?.controller.abort();
        await running?.ended;
    }
    async sendNow(signal) {
        await this.#list.look();
        if (this.#running) {
            await untilAborted(this.#turn.begins, signal);
            return this.#pass(signal);
        }
        const unwatch = this.#store.watch(() => this.#lookAgain());
        try {
            await this.#store.lead(async () => {
                await this.#list.look();
                await this.#pass(signal);
            }, signal);
        }
        finally {
            unwatch();
        }
    }
    async #run(signal) {
        const unwatch = this.#store.watch(() => this.#lookAgain());
        const online = () => this.#alarm.ring();
        const host = globalThis;
        host.addEventListener?.("online", online);
        for (let failures = 1; !signal.aborted; failures += 1) {
            try {
                await this.#list.ready();
                await this.#store.lead(() => this.#lead(signal), signal);
            }
            catch (error) {
                if (signal.aborted)
                    break;
                this.#options.troubled(kept(error));
                await this.#alarm.wait(pauseMs(failures, this.#options.pauseMsMax), signal);
            }
        }
        host.removeEventListener?.("online", online);
        unwatch();
    }
    async #lead(signal) {
        this.#turn.begin();
        try {
            await this.#list.look();
            for (let failures = 0; !signal.aborted;) {
                await this.#pass(signal);
                failures = this.#options.isInTrouble() ? failures + 1 : 0;
                const ms = failures === 0 ? Infinity : pauseMs(failures, this.#options.pauseMsMax);
                await this.#alarm.wait(ms, signal);
            }
        }
        finally {
            this.#turn = newTurn();
        }
    }
    #pass(signal) {
        this.#passing ??= this.#sender.sendAll(signal).finally(() => {
            this.#passing = undefined;
        });
        return this.#passing;
    }
    #lookAgain() {
        const before = this.#list.commands;
        this.#list.look().then(() => {
            if (this.#list.commands !== before && !this.#options.isInTrouble())
                this.#alarm.ring();
        }, () => { });
    }
}
function newTurn() {
    let begin = () => { };
    const begins = new Promise((resolve) => {
        begin = resolve;
    });
    return { begins, begin };
}
