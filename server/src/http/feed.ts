import type { Request, RequestHandler } from "express";
import pLimit from "p-limit";
import type { Served } from "../contract/served.ts";
import { askFeed, type FeedPage } from "../feed-reader.ts";
import type { RequestContext } from "../kernel/context.ts";
import { Fault } from "../kernel/faults.ts";
import { LookOut } from "../kernel/look-out.ts";
import { type Entry, logBug } from "./entry.ts";
import {
  beginStream,
  type EventStream,
  EventStreams,
  endStream,
  writeTo,
} from "./event-streams.ts";
import { keysChanged } from "./partner-keys.ts";
import { callContext, requestContext } from "./request-context.ts";

/** How the feed's streams are bounded. */
export interface FeedOptions {
  /** Most streams at once. */
  readonly streamsMax: number;
  /** How often a word is said where there is nothing to tell; default 15 s. */
  readonly heartbeatMs?: number;
}

const pageEvents = 200;
const heartbeatMsDefault = 15_000;
// How long a stream goes on, at most, for somebody whose key was revoked without a signal.
const renewMsMax = 5_000;
// Many commands share a look, and looks of all streams together leave connections to queries.
const restMs = 10;
const looksAtOnce = 2;

/**
 * Answers `GET /feed`: `journal.events` as server-sent events, for as long as the reader stays.
 * What is asked, who may ask and in which order events are told, all that is the query's own.
 */
export function feedRoute(entry: Entry, options: FeedOptions): RequestHandler {
  const streams = new EventStreams({
    max: options.streamsMax,
    isServing: (engine) => entry.engine() === engine,
    full: {
      message: `This process tells the feed to ${options.streamsMax} already.`,
      hint: "Come again, or ask journal.events, which has no such bound.",
    },
  });
  const looks = pLimit(looksAtOnce);
  const { heartbeatMs = heartbeatMsDefault } = options;
  return async (req, res) => {
    const called = { path: "journal.events", commandId: undefined };
    let ctx = await callContext(req, res, entry, called);
    const ask = (after: string | undefined) =>
      looks(() => askEvents(entry.served, ctx, filterOf(req), after));
    await streams.run(res, ctx.engine, async (stream) => {
      // Whatever is wrong with what is asked is said before anything is told.
      const first = await ask(positionOf(req));
      beginStream(req, res);
      const renew = async () => {
        ctx = await requestContext(req, res, entry, called);
      };
      try {
        await tell(stream, { first, ask, renew, heartbeatMs });
      } catch (error) {
        const { requestId } = ctx;
        if (!stream.ending.aborted) logBug(entry.log, error, { path: "feed", requestId });
      }
      endStream(res);
    });
  };
}

interface Telling {
  readonly first: FeedPage;
  readonly ask: (after: string) => Promise<FeedPage>;
  /** Has the next look ask anew who reads: keys are revoked while somebody follows. */
  readonly renew: () => Promise<void>;
  readonly heartbeatMs: number;
}

async function tell(
  stream: EventStream,
  { first, ask, renew, heartbeatMs }: Telling,
): Promise<void> {
  const { ending, engine } = stream;
  const lookOut = new LookOut(engine.signals, restMs);
  const stop = () => lookOut.wake();
  ending.addEventListener("abort", stop);
  let renewAt = performance.now() + renewMsMax;
  const off = engine.signals.on("stale", (wanted) => {
    if (wanted !== keysChanged) return;
    renewAt = 0;
    lookOut.wake();
  });
  let page = first;
  let told: string | undefined;
  let beatAt = performance.now() + heartbeatMs;
  try {
    while (!ending.aborted) {
      for (const event of page.events) {
        await writeTo(stream, eventText(event));
      }
      // A position without an event: who comes back need not have all that looked at again.
      const mark = `${page.caughtUp ? "event: caught-up\n" : ""}id: ${page.position}\n\n`;
      if (mark !== told && (page.caughtUp || page.events.length === 0)) {
        await writeTo(stream, mark);
        told = mark;
      }
      if (page.events.length > 0) lookOut.found();
      if (page.caughtUp) await lookOut.wait(Math.min(beatAt, renewAt) - performance.now());
      if (performance.now() >= Math.min(beatAt, renewAt)) {
        renewAt = performance.now() + renewMsMax;
        await renew();
      }
      if (performance.now() >= beatAt) {
        await writeTo(stream, ":\n\n");
        beatAt = performance.now() + heartbeatMs;
      }
      if (!ending.aborted) page = await ask(page.position);
    }
  } finally {
    off();
    lookOut.end();
    ending.removeEventListener("abort", stop);
  }
}

function eventText(event: FeedPage["events"][number]): string {
  // JSON has no line breaks of its own; a type must not have any either.
  const type = event.type.replaceAll(/[\r\n]+/g, " ");
  return `event: ${type}\nid: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`;
}

function positionOf(req: Request): string | undefined {
  const known = req.headers["last-event-id"];
  if (typeof known === "string" && known !== "") return known;
  const after: unknown = req.query.after;
  return after === undefined ? undefined : (after as string);
}

/** What is asked, as the query's input; what is wrong with it the query says. */
function filterOf({ query }: Request): Record<string, unknown> {
  const { kinds, types, aggregateKind, aggregateId, after, ...unknown } = query;
  const aggregate = { kind: aggregateKind, id: aggregateId };
  return {
    ...unknown,
    ...(kinds !== undefined && { kinds: [kinds].flat() }),
    ...(types !== undefined && { types: [types].flat() }),
    ...((aggregateKind ?? aggregateId) !== undefined && { aggregate }),
  };
}

async function askEvents(
  { router }: Served,
  ctx: RequestContext,
  filter: Record<string, unknown>,
  after: string | undefined,
): Promise<FeedPage> {
  if ("limit" in filter) {
    throw new Fault("BAD_INPUT", "A stream of events has no limit.");
  }
  const input = { ...filter, limit: pageEvents, ...(after !== undefined && { after }) };
  return askFeed(router, ctx, input);
}
