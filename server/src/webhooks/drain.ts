import { type FeedEvent, type FeedPage, readFeed } from "../feed-reader.ts";
import { type Pace, pauseAfterMs } from "../kernel/back-off.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import type { LookOut } from "../kernel/look-out.ts";
import type { Attempt, Postman } from "./post.ts";
import { signedHeaders } from "./sign.ts";
import type { Subscription, SubscriptionRows } from "./subscription.ts";

/** What one drain works with. */
export interface Draining {
  readonly engine: Engine;
  readonly rows: SubscriptionRows;
  readonly postman: Postman;
  readonly pace: Pace;
  readonly lookOut: LookOut;
  /** Fires when the drain is to end soon. */
  readonly stopping: AbortSignal;
  /** Fires when it is to end at once, whatever it is at. */
  readonly cut: AbortSignal;
  /** Whether others wait for this drain's place. */
  readonly isWanted: () => boolean;
}

// A job hands over after this, so that jobs stay short enough to count, fail and retry.
const tenureMs = 60_000;
const pageEvents = 50;
// What was not wanted is looked at again after a crash; that is cheaper than a write for each look.
const passEveryMs = 5_000;
const retryAfterMsMax = 86_400_000;

/**
 * Tells one subscription's receiver of events, one message each, in the order of the feed: the next
 * one leaves when the one before was taken and the row says so. Ends at a failure, at the end of
 * its tenure, or where there is nothing more to tell and others wait for the place.
 */
export async function drain(id: string, draining: Draining): Promise<{ delivered: number }> {
  const { rows, lookOut, stopping, isWanted } = draining;
  const until = performance.now() + tenureMs;
  let delivered = 0;
  let at: string | undefined;
  let seen: string | undefined;
  let passAt = performance.now() + passEveryMs;
  for (;;) {
    let subscription = await rows.load(id);
    if (!subscription?.isDue) return { delivered };
    // Somebody else has moved it: what was seen from elsewhere does not count.
    if (subscription.position !== at) seen = undefined;
    at = subscription.position;
    const page = await ask(subscription, seen ?? at, draining);
    if (!page) return { delivered };
    for (const event of page.events) {
      if (stopping.aborted) return { delivered };
      const attempt = await send(subscription, event, draining);
      if (attempt.error !== null) {
        await rows.failed(subscription, attempt, pauseMs(subscription, attempt, draining.pace));
        return { delivered };
      }
      delivered += 1;
      subscription = await rows.taken(subscription, event.position, attempt);
      if (!subscription?.isDue) return { delivered };
      at = subscription.position;
    }
    if (page.events.length > 0) lookOut.found();
    seen = page.position;
    const isOver = stopping.aborted || performance.now() >= until;
    const isLeaving = isOver || (page.caughtUp && isWanted());
    if (seen !== subscription.position && (isLeaving || performance.now() >= passAt)) {
      at = (await rows.passed(subscription, seen))?.position;
      passAt = performance.now() + passEveryMs;
    }
    if (isLeaving) return { delivered };
    if (page.caughtUp) await lookOut.wait(until - performance.now());
  }
}

function send(
  { url, secrets }: Subscription,
  event: FeedEvent,
  { postman, cut }: Draining,
): Promise<Attempt> {
  const { type, at: timestamp, position } = event;
  // The format's ids have no full stops: they part what is signed.
  const id = position.replaceAll(".", "_");
  const body = JSON.stringify({ type, timestamp, data: event });
  return postman.post(url, signedHeaders({ id, body }, secrets, new Date()), body, cut);
}

function pauseMs({ failures }: Subscription, { retryAfterMs }: Attempt, pace: Pace): number {
  const asked = Math.min(retryAfterMs, retryAfterMsMax);
  return Math.round(Math.max(pauseAfterMs(failures, pace), asked));
}

/**
 * What is next, read as the subscriber would read it. Undefined where the position means nothing in
 * this database: the subscription is paused, because it is not ours to say what is passed over.
 */
async function ask(
  subscription: Subscription,
  after: string,
  { engine, rows }: Draining,
): Promise<FeedPage | undefined> {
  const { tenant, partner, types, kinds } = subscription;
  const reading = { tenant, partner, reader: `webhook ${subscription.id}`, after, types, kinds };
  try {
    return await readFeed(engine, { ...reading, limit: pageEvents });
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof Fault) || cause.code !== "RECEIPT_REFUSED") throw error;
    await rows.pause(subscription, "its position is from another database");
    return undefined;
  }
}
