import type { RequestHandler } from "express";
import { admit } from "../kernel/procedure.ts";
import { lagMeta } from "../operations/lag.ts";
import { changesSince, LagMoments, type ReportParts } from "../operations/lag-moments.ts";
import { type Entry, logBug } from "./entry.ts";
import { beginStream, EventStreams, endStream, writeTo } from "./event-streams.ts";
import { requestContext } from "./request-context.ts";

/** How the streams of lag are bounded. */
export interface LiveLagOptions {
  /** Most streams at once. */
  readonly streamsMax: number;
  /** How often it is asked anew who reads; default 15 s. */
  readonly renewMs?: number;
}

const path = "operations.lag";

/**
 * Answers `GET /live/operations.lag`: the lag report as server-sent events, whole at first and then
 * what has changed, each second. All readers of a process share one measurement; who reads slowly
 * is told less often, and of the newest state.
 */
export function liveLagRoute(entry: Entry, options: LiveLagOptions): RequestHandler {
  const { streamsMax, renewMs = 15_000 } = options;
  const streams = new EventStreams({
    max: streamsMax,
    isServing: (engine) => entry.engine() === engine,
    full: {
      message: `This process tells the lag to ${streamsMax} already.`,
      hint: "Come again, or ask operations.lag, which has no such bound.",
    },
  });
  const shared = new LagMoments();
  return async (req, res) => {
    const admitted = async () => {
      const ctx = await requestContext(req, res, entry, { path, commandId: undefined });
      return { ...ctx, identity: admit(ctx, lagMeta) };
    };
    let { engine, identity, requestId } = await admitted();
    await streams.run(res, engine, async (stream) => {
      const { ending } = stream;
      const ended = new Promise<undefined>((resolve) => {
        ending.addEventListener("abort", () => resolve(undefined), { once: true });
      });
      // Whatever is wrong is said before anything is told.
      let moment = await Promise.race([shared.next(engine), ended]);
      if (moment) beginStream(req, res);
      let told: ReportParts = new Map();
      let renewAt = performance.now() + renewMs;
      try {
        while (moment && !ending.aborted) {
          const parts = moment.partsFor(identity.tenant);
          await writeTo(stream, `data: ${changesSince(told, parts)}\n\n`);
          told = parts;
          moment = await Promise.race([shared.next(engine, moment), ended]);
          if (performance.now() < renewAt) continue;
          ({ engine, identity, requestId } = await admitted());
          renewAt = performance.now() + renewMs;
        }
      } catch (error) {
        if (!ending.aborted) logBug(entry.log, error, { path, requestId });
      }
      endStream(res);
    });
  };
}
