export async function* readStream(open, { firstByteMsMax, silenceMsMax }, signal) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal?.addEventListener("abort", stop, { once: true });
    let timer = setTimeout(stop, firstByteMsMax);
    try {
        const reader = (await open(controller.signal))?.getReader();
        if (!reader)
            return;
        let isFirst = true;
        yield* readBlocks(async () => {
            clearTimeout(timer);
            timer = setTimeout(stop, isFirst ? firstByteMsMax : silenceMsMax);
            const chunk = await reader.read();
            clearTimeout(timer);
            isFirst = false;
            return chunk;
        });
    }
    catch {
    }
    finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
        stop();
    }
}
export async function* readBlocks(read) {
    const decoder = new TextDecoder();
    let rest = "";
    let block = {};
    for (;;) {
        const { done, value } = await read();
        if (done)
            return;
        const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
        rest = lines.pop() ?? "";
        for (const line of lines) {
            if (line === "") {
                yield block;
                block = {};
                continue;
            }
            const [, name = "", text = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
            const before = name === "data" ? block.data : undefined;
            block[name] = before === undefined ? text : `${before}\n${text}`;
        }
    }
}
