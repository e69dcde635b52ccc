import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

// What is not an address of some machine on the public internet (RFC 6890, RFC 4193, RFC 8215), and
// the ways in which IPv6 spells IPv4 addresses.
const elsewhere = new BlockList();
for (const [net, bits] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
  ] as const),
  ...([
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
  ] as const),
  ...([
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
  ] as const),
  ...([
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
] as const) {
  elsewhere.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ...([
    ["::", 96],
    ["64:ff9b::", 96],
    ["64:ff9b:1::", 48],
    ["100::", 64],
  ] as const),
  ...([
    ["2001::", 23],
    ["2001:db8::", 32],
    ["2002::", 16],
    ["fc00::", 7],
  ] as const),
  ...([
    ["fe80::", 10],
    ["fec0::", 10],
    ["ff00::", 8],
  ] as const),
] as const) {
  elsewhere.addSubnet(net, bits, "ipv6");
}

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !elsewhere.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** A receiver stands where messages may not go. */
export class PrivateAddress extends Error {
  constructor() {
    super("its address is none of the public internet");
  }
}

/** Resolves a name when the connection is made, and lets nothing private through. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isPublic(address))) {
      return callback(new PrivateAddress(), "");
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Why a message may not be sent there, as far as the address itself tells; undefined: it may. */
export function whyNotTo(url: string, allowPrivate: boolean): string | undefined {
  const { protocol, hostname, username, password, hash } = new URL(url);
  if (username || password) return "has a name or password in it";
  if (hash) return "has a fragment";
  if (protocol !== "https:" && !(allowPrivate && protocol === "http:")) return "is not https";
  const address = hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivate && isIP(address) !== 0 && !isPublic(address)) {
    return "is none of the public internet";
  }
  return undefined;
}
