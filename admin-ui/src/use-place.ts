import { useCallback, useSyncExternalStore } from "react";

/** What an address says behind its `#`: a place, and how what stands there is filtered. */
export function readHash(hash: string): { readonly path: string; readonly query: string } {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  return { path: `/${path}`, query };
}

/** An address behind the `#` with one filter changed; an empty one is left out. */
export function withFilter(hash: string, name: string, value: string): string {
  const { path, query } = readHash(hash);
  const filters = new URLSearchParams(query);
  if (value === "") filters.delete(name);
  else filters.set(name, value);
  const rest = filters.toString();
  return rest === "" ? path : `${path}?${rest}`;
}

/** The place that the address names, without its filters, as the router wants it. */
export function usePlace(): [string, typeof goTo] {
  return [useSyncExternalStore(onHashChange, () => forRouter(readHash(location.hash).path)), goTo];
}

/**
 * A path of which the router hands out the segments as the address has them: it decodes a path
 * before it cuts it, all but what is reserved, and nobody could tell any more what stood there.
 */
export function forRouter(path: string): string {
  return path.replaceAll("%", "%25");
}

usePlace.hrefs = (href: string) => `#${href}`;

/** One filter of the place, as the address has it, so that a link shows the same. */
export function useFilter(name: string): readonly [string, (value: string) => void] {
  const query = useSyncExternalStore(onHashChange, () => readHash(location.hash).query);
  const value = new URLSearchParams(query).get(name) ?? "";
  const change = useCallback(
    // Replaced, so that the way back leads to another place and not through each letter.
    (next: string) => goTo(withFilter(location.hash, name, next), { replace: true }),
    [name],
  );
  return [value, change];
}

/** Goes to a place of this page. */
export function goTo(
  place: string,
  { replace = false }: { readonly replace?: boolean } = {},
): void {
  const url = new URL(location.href);
  url.hash = place;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function onHashChange(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
