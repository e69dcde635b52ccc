import { procedures } from "./api.gen.js";
import { basedOnHeaders } from "./based-on.js";
import { bulk } from "./bulk.js";
import { newCommandId } from "./command-id.js";
import { isSelvedgeError } from "./errors.js";
import { follow } from "./follow.js";
import { followLive } from "./live.js";
import { expectFields, freshnessHeaders, writeBody } from "./messages.js";
import { Notices } from "./notices.js";
import { openFeed } from "./open-feed.js";
import { rowsOf } from "./pages.js";
import { Places } from "./places.js";
import { Receipts } from "./receipts.js";
import { aborted, attemptShares, send } from "./retry.js";
import { contractSaid, sdkVersion } from "./version.js";
import { begin, watched } from "./watch.js";
const commandsAtOnceMax = 32;
class SelvedgeClient {
    #options;
    #receipts = new Receipts(commandsAtOnceMax);
    #places = new Places(commandsAtOnceMax);
    #notices;
    constructor(options) {
        this.#notices = new Notices(options.onNotice);
        this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
        const modules = {};
        for (const [path, shape] of Object.entries(procedures)) {
            const [module = "", name = ""] = path.split(".");
            modules[module] ??= {};
            modules[module][name] = this.#callable(path, shape);
        }
        Object.assign(this, modules);
    }
    receipts() {
        return this.#receipts.list();
    }
    adopt(receipts, instead = []) {
        this.#receipts.forget(instead);
        for (const receipt of receipts)
            this.#receipts.keep(receipt, "earlier");
    }
    bulk(commands, options = {}) {
        return bulk(commands, options, async (body, sending) => {
            const { signal } = sending;
            await this.#places.take(signal).catch(() => Promise.reject(aborted(signal)));
            try {
                const begunAt = this.#receipts.begin();
                const answer = await this.#send(begin("bulk", "bulk"), body, { options: sending });
                const { receipt } = expectFields("bulk", answer, ["receipt"]);
                this.#receipts.keep(receipt, begunAt);
                return answer;
            }
            finally {
                this.#places.leave();
            }
        });
    }
    #callable(path, shape) {
        if (shape.kind === "command") {
            return (input, options) => this.#command(path, input, options);
        }
        if (shape.kind === "operation") {
            const { repeatable } = shape;
            const operation = async (input, options = {}) => this.#send(begin("operation", path), writeBody(input), { options, repeatable });
            if (!shape.live)
                return operation;
            const told = (input, options = {}) => followLive(options, {
                open: (signal) => this.#openStream(path, `live/${path}`, {}, signal),
                ask: async (asking) => (await operation(input, { ...asking, retriesMax: 0 })),
            });
            return Object.assign(operation, { follow: told });
        }
        const query = (input, options) => this.#query(path, input, options);
        if (shape.feed) {
            const followed = (input = {}, options = {}) => follow(input, options, {
                open: (asked, signal) => this.#openStream(path, "feed", asked, signal),
                ask: async (asked, signal) => (await this.#query(path, asked, { signal, onMiss: "serve" })).data,
            });
            return Object.assign(query, { follow: followed });
        }
        if (!shape.paged)
            return query;
        const rows = (input, options) => rowsOf(input, (page) => query(page, options));
        return Object.assign(query, { rows });
    }
    async #command(path, input, options = {}) {
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
                const { data, receipt, repeated } = expectFields(path, answer, [
                    "data",
                    "receipt",
                    "repeated",
                ]);
                const ours = options.commandId === undefined || !repeated;
                this.#receipts.keep(receipt, ours ? begunAt : "earlier");
                return { data, receipt, repeated, commandId };
            }
            finally {
                this.#places.leave();
            }
        }
        catch (error) {
            throw isSelvedgeError(error) ? Object.assign(error, { commandId }) : error;
        }
    }
    async #query(path, input, options = {}) {
        const own = this.#options.consistency === "none" ? [] : this.#receipts.list();
        const headers = freshnessHeaders(own, options);
        try {
            const answer = await this.#send(begin("query", path), writeBody(input), {
                options,
                headers,
            });
            return expectFields(path, answer, ["data", "freshness"]);
        }
        catch (error) {
            const refused = isSelvedgeError(error) && error.code === "RECEIPT_REFUSED";
            if (refused && !options.atLeast?.length)
                this.#receipts.forget(own);
            throw error;
        }
    }
    #openStream(path, place, input, signal) {
        const { baseUrl, watchCalls } = this.#options;
        return watched(watchCalls, begin("feed", path), (told) => openFeed(`${baseUrl}/${place}`, input, {
            headers: { ...told.headers, ...this.#headers() },
            ...{ fetch: this.#fetch, told, signal },
        }));
    }
    #fetch = (...args) => (this.#options.fetch ?? globalThis.fetch)(...args);
    #headers() {
        const { apiKey } = this.#options;
        return {
            "selvedge-sdk": `js/${sdkVersion}`,
            "selvedge-contract": contractSaid,
            ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        };
    }
    #send(call, body, { options, headers, repeatable = true }) {
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
export const Selvedge = SelvedgeClient;
