import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
const silentMsMax = 30_000;
const signOfLifeMs = 5_000;
export async function holding(folder, { signal, pauseMsMax }, work) {
    await mkdir(folder, { recursive: true });
    const claim = await acquire(folder, pauseMsMax, signal);
    const alive = setInterval(() => void utimes(claim, new Date(), new Date()).catch(() => { }), signOfLifeMs);
    alive.unref();
    try {
        return await work();
    }
    finally {
        clearInterval(alive);
        await rm(claim, { force: true });
    }
}
async function acquire(folder, pauseMsMax, signal) {
    for (;;) {
        signal?.throwIfAborted();
        const name = `${process.pid}.${randomUUID()}.${encodeURIComponent(hostname())}`;
        const claim = join(folder, name);
        await writeFile(claim, "", { flag: "wx" });
        if (!(await isClaimedByOthers(folder, name)))
            return claim;
        await rm(claim, { force: true });
        await setTimeout(Math.random() * pauseMsMax, undefined, signal ? { signal } : {}).catch(() => { });
    }
}
async function isClaimedByOthers(folder, own) {
    const others = (await readdir(folder)).filter((name) => name !== own);
    for (const name of others) {
        if (await isAlive(join(folder, name), name))
            return true;
        await rm(join(folder, name), { force: true });
    }
    return false;
}
async function isAlive(claim, name) {
    const [pid = "", , host = ""] = name.split(".");
    const laid = await stat(claim).catch(() => undefined);
    if (!laid || Date.now() - laid.mtimeMs > silentMsMax)
        return false;
    return decodeURIComponent(host) !== hostname() || isRunning(Number(pid));
}
function isRunning(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        return error.code === "EPERM";
    }
}
