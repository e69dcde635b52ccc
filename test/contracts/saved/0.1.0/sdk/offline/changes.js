export function changesOf(subscribe, signal) {
    const waiting = [];
    let wake = () => { };
    const end = subscribe((change) => {
        waiting.push(change);
        wake();
    });
    const stop = () => wake();
    signal?.addEventListener("abort", stop);
    return generate();
    async function* generate() {
        try {
            while (!signal?.aborted) {
                const next = waiting.shift();
                if (next)
                    yield next;
                else {
                    await new Promise((resolve) => {
                        wake = resolve;
                    });
                }
            }
        }
        finally {
            end();
            signal?.removeEventListener("abort", stop);
        }
    }
}
