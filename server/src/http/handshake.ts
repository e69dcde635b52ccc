import type { Request, Response } from "express";
import type { Served } from "../contract/served.ts";
import { Fault } from "../kernel/faults.ts";
import { oldestSdk, serverVersion } from "../version.ts";
import { header } from "./entry.ts";

/** What a caller says of itself: an SDK's version, and the contract that it was made from. */
export interface Caller {
  /** `js/0.1.0`; undefined for callers without an SDK. */
  readonly sdk: string | undefined;
  /** The beginning of its contract's hash. */
  readonly contract: string | undefined;
}

type Version = readonly [number, number, number];

/**
 * Tells a caller in the answer's headers which contract is served, and in words what it should
 * know. An SDK that is too old for this server is turned away.
 */
export function greet(
  req: Request,
  res: Response,
  { served, path }: { readonly served: Served; readonly path: string | undefined },
): void {
  // A stream was greeted when it began.
  if (res.headersSent) return;
  const caller = { sdk: header(req, "selvedge-sdk"), contract: header(req, "selvedge-contract") };
  const contract = served.contractHashFor(caller.contract);
  res.setHeader("selvedge-contract", contract);
  const deprecated = served.contract.find((one) => one.path === path)?.deprecated;
  const notices = [
    ...noticesTo(caller, { version: serverVersion, contract, oldestSdk }),
    ...(deprecated === undefined ? [] : [`${path} is deprecated: ${deprecated}.`]),
  ];
  // Strings in a list, as RFC 9651 has them (3.1 and 3.3.3).
  if (notices.length > 0) res.setHeader("selvedge-notice", notices.map(quote).join(", "));
}

/** What a server of a version has to say to a caller; a fault where the two cannot talk. */
export function noticesTo(
  caller: Caller,
  server: { readonly version: string; readonly contract: string; readonly oldestSdk: string },
): string[] {
  const version = versionOf(caller.sdk?.replace(/^js\//, ""));
  if (!version) return [];
  const said = version.join(".");
  if (isBelow(version, versionOf(server.oldestSdk))) {
    const message = `This SDK (${said}) is too old; the server takes ${server.oldestSdk} or newer.`;
    throw new Fault("SDK_TOO_OLD", message, {
      details: { sdk: said, oldestSdk: server.oldestSdk, server: server.version },
      hint: `Bring it up to date: npm install @selvedge/sdk@${server.version}`,
    });
  }
  const isNewer = isBelow(versionOf(server.version), version);
  return isNewer && caller.contract !== server.contract
    ? [
        `This SDK (${said}) is newer than the server (${server.version}), which may lack some of it.`,
      ]
    : [];
}

function versionOf(text: string | undefined): Version | undefined {
  const [, major, minor, patch] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-|$)/.exec(text ?? "") ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

function isBelow(one: Version | undefined, other: Version | undefined): boolean {
  const at = one?.findIndex((number, i) => number !== other?.[i]) ?? -1;
  return at >= 0 && (one?.[at] ?? 0) < (other?.[at] ?? 0);
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
