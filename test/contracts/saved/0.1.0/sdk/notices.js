const warned = new Set();
const toldMax = 100;
export class Notices {
    #told;
    #tell;
    constructor(tell) {
        this.#told = tell ? new Set() : warned;
        this.#tell = tell ?? ((notice) => console.warn(`Selvedge: ${notice}`));
    }
    hear(header) {
        for (const [, quoted = ""] of (header ?? "").matchAll(/"((?:[^"\\]|\\.)+)"/g)) {
            const notice = quoted.replace(/\\(.)/g, "$1");
            if (this.#told.has(notice) || this.#told.size >= toldMax)
                continue;
            this.#told.add(notice);
            try {
                this.#tell(notice);
            }
            catch {
            }
        }
    }
}
