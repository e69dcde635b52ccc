import { Selvedge } from "@selvedge/sdk";
import type { Asking } from "./n8n.ts";

/** The SDK, as whoever the credentials name. */
export async function selvedgeOf(node: Asking): Promise<Selvedge> {
  const { baseUrl, apiKey } = await node.getCredentials("selvedgeApi");
  return new Selvedge({
    baseUrl: String(baseUrl),
    // Each item says itself which writes its answer has to show.
    consistency: "none",
    ...(typeof apiKey === "string" && apiKey !== "" && { apiKey }),
  });
}

type Call = (input: object, options: object) => Promise<object>;

/** A command or a query by its name, like `orders.placeOrder`. */
export function procedureOf(selvedge: Selvedge, path: string): Call {
  const [area = "", name = ""] = path.split(".");
  const areas = selvedge as unknown as Record<string, Record<string, unknown> | undefined>;
  const procedure = Object.hasOwn(areas, area) ? areas[area]?.[name] : undefined;
  if (typeof procedure === "function") return procedure as Call;
  throw new Error(`This version of the node knows no ${path}; install a newer one.`);
}

/** One operation of the OpenAPI document. */
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
}

/** What there is to call, as the server itself says. */
export async function proceduresOf(
  node: Asking,
  kind: "commands" | "queries",
): Promise<{ path: string; words: string }[]> {
  const { baseUrl } = await node.getCredentials("selvedgeApi");
  const address = `${String(baseUrl).replace(/\/$/, "")}/openapi.json`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}.`);
  const { paths } = (await answer.json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const beginning = `/v1/${kind}/`;
  return Object.entries(paths).flatMap(([path, operations]) => {
    if (!path.startsWith(beginning)) return [];
    const [{ summary, description } = {}] = Object.values(operations);
    const name = path.slice(beginning.length).replace("/", ".");
    return [{ path: name, words: description ?? summary ?? "" }];
  });
}
