import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Identity } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { identifier } from "../kernel/schemas.ts";
import { keysChanged } from "./partner-keys.ts";

/** What a caller on this machine is, where neither host nor key says otherwise. */
export const localIdentity: Identity = {
  tenant: "default",
  partner: "local",
  actor: "local",
  scopes: ["*"],
};

const bearer = /^Bearer (slv_[A-Za-z0-9_-]{43})$/;

// A revoked key is forgotten at once where that is signalled; where the signal is lost, it works
// for this long at most. Asking each time would cost every call a round trip.
const rememberMs = 10_000;
const rememberedMax = 10_000;

/** Makes a partner key. Only its hash is kept; the key itself is shown once. */
export function makeKey(): { key: string; hash: string; hint: string } {
  const key = `slv_${randomBytes(32).toString("base64url")}`;
  return { key, hash: hashKey(key), hint: `${key.slice(0, 8)}...${key.slice(-4)}` };
}

function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Finds who holds a key, and remembers it for a moment. */
export class PartnerKeys {
  readonly #known = new Map<string, { holder: Holder | undefined; until: number }>();
  readonly #heard = new WeakSet<Engine>();
  #revocations = 0;

  /** Whom an Authorization header names; a fault where it names nobody. */
  async identify(engine: Engine, authorization: string): Promise<Identity> {
    const [, key] = bearer.exec(authorization) ?? [];
    const holder = key === undefined ? undefined : await this.#find(engine, hashKey(key));
    if (!holder) throw new Fault("UNAUTHENTICATED", "This key is unknown or was revoked.");
    engine.uses.keyUsed(holder.id);
    return holder.identity;
  }

  async #find(engine: Engine, hash: string): Promise<Holder | undefined> {
    this.#listenTo(engine);
    const known = this.#known.get(hash);
    if (known && known.until > Date.now()) return known.holder;
    const revocations = this.#revocations;
    const { rows } = await engine.operationsPool.query<Omit<Identity, "actor"> & { id: string }>(
      `select id, tenant, partner, scopes from ${identifier(engine.schemas.write)}.partner_key
       where key_hash = $1 and revoked_at is null`,
      [hash],
    );
    const [found] = rows;
    const holder = found && holderOf(found);
    if (this.#known.size >= rememberedMax) this.#known.clear();
    // What was asked for before a revocation may be what has just been revoked.
    if (revocations === this.#revocations) {
      this.#known.set(hash, { holder, until: Date.now() + rememberMs });
    }
    return holder;
  }

  #listenTo(engine: Engine): void {
    if (this.#heard.has(engine)) return;
    this.#heard.add(engine);
    engine.signals.on("stale", (wanted) => {
      if (wanted !== keysChanged) return;
      this.#revocations += 1;
      this.#known.clear();
    });
  }
}

/** A key by its number, and who has it. */
interface Holder {
  readonly id: string;
  readonly identity: Identity;
}

function holderOf({ id, ...of }: Omit<Identity, "actor"> & { id: string }): Holder {
  return { id, identity: { ...of, actor: of.partner } };
}

const loopbackAddress = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * Whether a request was made on this machine, by name and not through a proxy, and not by a page of
 * another site: a browser here that visits a hostile page must not be its hands.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const { host = "", origin } = headers;
  if (!loopbackAddress.test(socket.remoteAddress ?? "") || !loopbackHost.test(host)) return false;
  if (headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined) return false;
  // A page's picture or link is a GET without an origin; browsers say this instead.
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return origin === undefined || origin === `http://${host}`;
}
