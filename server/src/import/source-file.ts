import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** A source file that cannot be read to its end, said so that its owner can mend it. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/**
 * The text of a source, piece by piece; gzip is told by its first bytes, not by its name.
 * Throws a `SourceError` for what is missing, cut short, no text, or not UTF-8.
 */
export async function* sourceText(path: string): AsyncGenerator<string> {
  const zipped = looksZipped(await firstBytes(path));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  try {
    for await (const bytes of byteStream(path, zipped)) {
      const text = decoder.decode(bytes, { stream: true });
      yield text;
      line += text.split("\n").length - 1;
    }
    yield decoder.decode();
  } catch (error) {
    throw sourceErrorFrom(error, line);
  }
}

/** Puts a failure to read a source into words. */
export function sourceErrorFrom(error: unknown, line: number): SourceError {
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  const after = `after line ${line}`;
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
    return new SourceError(
      `the file is not UTF-8 text (${after}): export it again as CSV, encoding UTF-8`,
    );
  if (code === "Z_BUF_ERROR")
    return new SourceError(`the gzip file is cut short (${after}): copy it again`);
  if (code.startsWith("Z_")) return new SourceError(`the gzip file is damaged (${after})`);
  return new SourceError(`the file cannot be read: ${code || String(error)}`);
}

function byteStream(path: string, zipped: boolean): AsyncIterable<Uint8Array> {
  const file = createReadStream(path);
  if (!zipped) return file;
  // A failure reaches whoever reads the unzipped stream: nothing is left to do here.
  return pipeline(file, createGunzip(), () => {});
}

async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    if (!(await stat(path)).isFile()) throw new SourceError(`${path} is not a file`);
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const code = codeOf(error);
    if (code === "ENOENT") throw new SourceError(`there is no file ${path}`);
    if (code === "EACCES") throw new SourceError(`${path} may not be read by this user`);
    throw sourceErrorFrom(error, 1);
  }
}

function looksZipped(start: Uint8Array): boolean {
  const [first = -1, second = -1] = start;
  if (start.length === 0) throw new SourceError("the file is empty");
  if (first === 0x50 && second === 0x4b)
    throw new SourceError("the file is a zip or spreadsheet file: export it as CSV");
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new SourceError("the file is UTF-16 text: export it as CSV, encoding UTF-8");
  return first === 0x1f && second === 0x8b;
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
