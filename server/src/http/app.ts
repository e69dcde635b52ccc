import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type Express, type Request, type Response } from "express";
import type { InFlight } from "../host/in-flight.ts";
import type { SelvedgeState } from "../host/lifecycle.ts";
import { Fault, httpStatusOf, reportFault, toTrpcError } from "../kernel/faults.ts";
import { type AdminPageOptions, adminPage } from "./admin-page.ts";
import { bulkRoute } from "./bulk.ts";
import { CallRates } from "./call-rates.ts";
import { bodyBytesMax, type Entry, header, isJsonBody, logBug, requestIdOf } from "./entry.ts";
import { feedRoute } from "./feed.ts";
import { healthRoutes } from "./health.ts";
import { PartnerKeys } from "./identity.ts";
import { liveLagRoute } from "./live-lag.ts";
import { openapiRoute } from "./openapi.ts";
import { sendProblem } from "./problem.ts";
import { callContext } from "./request-context.ts";
import { restRoutes } from "./rest.ts";

// Starts are tried again at a pace of some seconds.
const degradedRetryAfterS = 5;

/** What the HTTP edge needs. */
export interface AppOptions extends Omit<Entry, "keys" | "rates"> {
  /** Most calls a minute of one partner; as many as they like if left out. */
  readonly callsPerMinuteMax?: number | undefined;
  /** Most streams of the feed at once, and most of the lag. */
  readonly feedStreamsMax: number;
  /** How it stands, for who asks why there is nothing to run on. */
  readonly state: () => SelvedgeState;
  /** Counts what is being answered. */
  readonly inFlight: InFlight;
  readonly adminPage?: AdminPageOptions | undefined;
}

/**
 * The HTTP edge: `/trpc` for procedures, `/feed` and `/live` for whoever follows, `/v1` and
 * `/openapi.json` for callers without the SDK, `/admin` for the page, `/livez`, `/readyz` and
 * `/healthz/projections` for whoever watches. It answers every request itself and never falls
 * through, so it can be mounted under any path of any host.
 */
export function createApp({
  feedStreamsMax,
  callsPerMinuteMax,
  inFlight,
  state,
  ...options
}: AppOptions): Express {
  const rates = new CallRates(callsPerMinuteMax);
  const entry: Entry = { ...options, keys: new PartnerKeys(), rates };
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_req, res, next) => {
    res.setHeader("x-content-type-options", "nosniff");
    res.setHeader("cache-control", "no-store");
    next();
  });
  app.use(healthRoutes({ engine: entry.engine, state }));
  app.use((_req, res, next) => {
    res.once("close", inFlight.begin());
    next();
  });
  app.use(refuseWhileDegraded(state));
  app.get("/openapi.json", openapiRoute(entry.served));
  app.use("/admin", adminPage(options.adminPage));
  app.use("/trpc", requireJsonPost, procedures(entry));
  app.post("/bulk", requireJsonPost, bulkRoute(entry));
  app.use("/v1", restRoutes(entry));
  app.get("/feed", feedRoute(entry, { streamsMax: feedStreamsMax }));
  app.get("/live/operations.lag", liveLagRoute(entry, { streamsMax: feedStreamsMax }));
  app.use((_req: Request, res: Response) => {
    sendFault(res, new Fault("NOT_FOUND", "There is nothing here."));
  });
  app.use((error: unknown, _req: Request, res: Response, next: (error: unknown) => void) => {
    if (res.headersSent) return next(error);
    entry.log.error({ err: error, requestId: requestIdOf(res) }, "a request failed");
    sendFault(res, error);
  });
  return app;
}

/** While a start that failed is tried again, there is nothing to call and no page to show. */
function refuseWhileDegraded(state: AppOptions["state"]) {
  return (req: Request, res: Response, next: () => void) => {
    const { status, reason } = state();
    if (status !== "degraded") return next();
    const fault = new Fault("UNAVAILABLE", `Selvedge could not start yet: ${reason}`);
    res.setHeader("retry-after", degradedRetryAfterS);
    if (req.path.startsWith("/v1/")) sendProblem(res, fault);
    else sendFault(res, fault);
  };
}

/**
 * Commands come as JSON in a POST and in no other way: a page of another site can make a browser
 * send a form or a GET, but not this.
 */
function requireJsonPost(req: Request, res: Response, next: () => void): void {
  if (req.method !== "POST" || !isJsonBody(req)) {
    sendFault(res, new Fault("BAD_INPUT", "Send a POST with content-type: application/json."));
  } else if ("batch" in req.query) {
    sendFault(res, new Fault("BAD_INPUT", "Send one call a request."));
  } else next();
}

function procedures(entry: Entry) {
  return createExpressMiddleware({
    router: entry.served.router,
    allowMethodOverride: true,
    allowBatching: false,
    maxBodySize: bodyBytesMax,
    createContext: async ({ req, res, info }) => {
      try {
        requestIdOf(res);
        const called = {
          path: info.calls[0]?.path,
          commandId: header(req, "selvedge-command-id"),
        };
        return await callContext(req, res, entry, called);
      } catch (error) {
        throw toTrpcError(error);
      }
    },
    onError: ({ error, path, ctx }) =>
      logBug(entry.log, error, { path, requestId: ctx?.requestId }),
  });
}

/** Answers a fault in the shape in which procedures do. */
export function sendFault(res: Response, error: unknown): void {
  const { message, ...report } = reportFault(toTrpcError(error));
  const status = httpStatusOf(error);
  const data = { ...report, httpStatus: status, requestId: requestIdOf(res) };
  res.status(status).json({ error: { message, code: -32_000, data } });
}
