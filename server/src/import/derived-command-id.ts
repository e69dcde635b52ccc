import { createHash } from "node:crypto";

/** The fixed namespace of all command ids that are derived from a fact (RFC 9562, version 5). */
const namespace = Buffer.from("8d0b3c1e5f4a4a6f9f5e2b7c6d1a9e30", "hex");

/**
 * The command id that belongs to one fact of a source: the same parts give the same id in every
 * run, so that sending the fact again applies nothing.
 */
export function derivedCommandId(...parts: readonly string[]): string {
  const hash = createHash("sha1").update(namespace).update(JSON.stringify(parts)).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
