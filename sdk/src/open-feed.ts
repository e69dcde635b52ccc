import type { Told } from "./watch.ts";

/** How a stream is asked for. */
export interface Opening {
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly told: Told;
  readonly signal: AbortSignal;
}

/** Has the server tell what comes after a position; undefined where no stream is answered. */
export async function openFeed(
  url: string,
  input: object,
  { fetch, headers, told, signal }: Opening,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const accept = "text/event-stream";
  const params = String(feedParams(input));
  const response = await fetch(params === "" ? url : `${url}?${params}`, {
    headers: { ...headers, accept },
    // A followed redirect would carry the key elsewhere.
    redirect: "manual",
    signal,
  });
  told.answered(response.headers.get("selvedge-request-id") ?? undefined);
  const isStream = response.headers.get("content-type")?.startsWith(accept);
  if (response.ok && isStream) return response.body ?? undefined;
  response.body?.cancel().catch(() => undefined);
  return undefined;
}

/** A feed's filter as an address has it: lists repeat their name, `aggregate.kind` is one word. */
function feedParams(input: object): URLSearchParams {
  const params = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) add(name, one);
    else if (typeof value === "object" && value !== null) {
      for (const [part, one] of Object.entries(value)) {
        add(name + part.charAt(0).toUpperCase() + part.slice(1), one);
      }
    } else if (value !== undefined) params.append(name, String(value));
  };
  for (const [name, value] of Object.entries(input)) add(name, value);
  return params;
}
