/** One block of an event stream: what stands between two empty lines. */
export interface StreamBlock {
  readonly event?: string;
  readonly id?: string;
  /** A reader by the standard is not told of a block without data. */
  readonly data?: string;
}

/** How long a stream may be silent before it counts as cut, in ms. */
export interface Patience {
  readonly firstByteMsMax: number;
  readonly silenceMsMax: number;
}

/** Opens a stream and reads it until it ends, is cut or falls silent; none ends at once. */
export async function* readStream(
  open: (ending: AbortSignal) => Promise<ReadableStream<Uint8Array> | undefined>,
  { firstByteMsMax, silenceMsMax }: Patience,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamBlock, void, undefined> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal?.addEventListener("abort", stop, { once: true });
  let timer = setTimeout(stop, firstByteMsMax);
  try {
    const reader = (await open(controller.signal))?.getReader();
    if (!reader) return;
    let isFirst = true;
    // Only what is waited for is late: whoever is told may take their time with it.
    yield* readBlocks(async () => {
      clearTimeout(timer);
      timer = setTimeout(stop, isFirst ? firstByteMsMax : silenceMsMax);
      const chunk = await reader.read();
      clearTimeout(timer);
      isFirst = false;
      return chunk;
    });
  } catch {
    // Cut: whoever reads goes on from what was told last.
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** Reads the next bytes of a body. */
export type ReadBytes = () => Promise<{ done: boolean; value?: Uint8Array | undefined }>;

/**
 * Reads server-sent events. A block that was begun and not ended is none.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6
 */
export async function* readBlocks(read: ReadBytes): AsyncGenerator<StreamBlock, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let block: Record<string, string> = {};
  for (;;) {
    const { done, value } = await read();
    if (done) return;
    // A CR at the end may be half a line break.
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
