import { randomUUID } from "node:crypto";
import { mkdirSync, watch } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { takesRoom } from "../offline/queue-store.js";
import { holding } from "./claims.js";
import { linesOf, readLine, withLine, writeLine } from "./log-lines.js";
const pastLinesMax = 200;
const writerPauseMsMax = 10;
const senderPauseMsMax = 500;
export function fileStore(path) {
    const file = new QueueFile(resolve(path));
    return {
        load: () => file.read(),
        add: (command, max, insteadOf) => file.write((list) => {
            const replaces = list.some((one) => one.command.commandId === insteadOf);
            if (!replaces && list.filter(takesRoom).length >= max)
                return undefined;
            return { put: command, ...(insteadOf !== undefined && { insteadOf }) };
        }),
        settle: async (settled, outcome) => {
            await file.write(() => ({ settled, outcome: outcome ?? null }));
        },
        remove: async (removed) => {
            await file.write(() => ({ removed }));
        },
        lead: (work, signal) => holding(`${file.path}.sender`, { signal, pauseMsMax: senderPauseMsMax }, work),
        watch: (changed) => file.watch(changed),
    };
}
class QueueFile {
    path;
    #list = [];
    #head = "";
    #offset = 0;
    #lines = 0;
    #turns = Promise.resolve();
    constructor(path) {
        this.path = path;
    }
    read() {
        return this.#inTurn(async () => {
            const file = await this.#open("r").catch(nothingThere);
            if (!file)
                return [];
            try {
                await this.#catchUp(file);
                return this.#list;
            }
            finally {
                await file.close();
            }
        });
    }
    write(lineOf) {
        const claim = { pauseMsMax: writerPauseMsMax };
        return this.#inTurn(() => holding(`${this.path}.writer`, claim, async () => {
            const file = await this.#open("a+");
            try {
                const isTorn = await this.#catchUp(file);
                const line = lineOf(this.#list);
                if (!line)
                    return false;
                const begin = this.#offset === 0 ? `${JSON.stringify({ queue: randomUUID() })}\n` : "";
                await file.appendFile(`${isTorn ? "\n" : ""}${begin}${writeLine(line)}`);
                await file.datasync();
                await this.#catchUp(file);
            }
            finally {
                await file.close();
            }
            if (this.#lines - this.#list.length * 2 > pastLinesMax)
                await this.#writeAnew();
            return true;
        }));
    }
    watch(changed) {
        const [folder, name] = [dirname(this.path), basename(this.path)];
        mkdirSync(folder, { recursive: true });
        const watcher = watch(folder, (_event, file) => {
            if (file === name)
                changed();
        });
        watcher.on("error", () => watcher.close());
        return () => watcher.close();
    }
    async #open(flags) {
        if (flags === "a+")
            await mkdir(dirname(this.path), { recursive: true });
        return open(this.path, flags);
    }
    async #catchUp(file) {
        const { size } = await file.stat();
        const head = await textAt(file, 0, Math.min(size, this.#head.length));
        if (head !== this.#head || size < this.#offset) {
            this.#list = [];
            this.#head = "";
            this.#offset = 0;
            this.#lines = 0;
        }
        const added = await bytesAt(file, this.#offset, size);
        const end = added.lastIndexOf("\n") + 1;
        const lines = added.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
        if (this.#offset === 0 && lines[0] !== undefined)
            this.#head = `${lines[0]}\n`;
        for (const text of lines) {
            const line = readLine(text);
            if (line)
                this.#list = withLine(this.#list, line);
        }
        this.#lines += lines.length;
        this.#offset += end;
        return end < added.length;
    }
    async #writeAnew() {
        const head = `${JSON.stringify({ queue: randomUUID() })}\n`;
        const text = head + linesOf(this.#list).map(writeLine).join("");
        const beside = `${this.path}.new`;
        const file = await open(beside, "w");
        try {
            await file.writeFile(text);
            await file.datasync();
        }
        finally {
            await file.close();
        }
        await rename(beside, this.path);
    }
    #inTurn(work) {
        const done = this.#turns.then(work);
        this.#turns = done.catch(() => { });
        return done;
    }
}
async function bytesAt(file, from, to) {
    const bytes = Buffer.alloc(Math.max(0, to - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
}
async function textAt(file, from, to) {
    return (await bytesAt(file, from, to)).toString("utf8");
}
function nothingThere(error) {
    if (error.code !== "ENOENT")
        throw error;
}
