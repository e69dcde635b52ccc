export { sdkVersion } from "./version.gen.ts";

/** As much of a contract's hash as travels with a call. */
export function contractSaid(hash: string): string {
  return hash.slice(0, 16);
}
