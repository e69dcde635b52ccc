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
