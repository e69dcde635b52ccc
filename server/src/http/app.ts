import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type Express, type Request, type Response } from "express";
import type { Engine } from "../kernel/engine.ts";
import { Fault, reportFault, toTrpcError } from "../kernel/faults.ts";
import type { Logger } from "../kernel/log.ts";
import { appRouter } from "../router.gen.ts";
import { adminPage } from "./admin-page.ts";
import { type BulkOptions, bulkRoute } from "./bulk.ts";
import { feedRoute } from "./feed.ts";
import { healthRoutes } from "./health.ts";
import { PartnerKeys } from "./identity.ts";
import { type Authenticate, requestContext, requestIdOf } from "./request-context.ts";

/** What the HTTP edge needs. */
export interface AppOptions {
  /** What to run on; undefined before the start and after the stop. */
  readonly engine: () => Engine | undefined;
  readonly authenticate: Authenticate | undefined;
  readonly log: Logger;
  /** Most streams of the feed at once. */
  readonly feedStreamsMax: number;
}

// The largest lawful command is an order of 1,000 lines, some 300 KB.
const bodyBytesMax = 1_000_000;

/**
 * The HTTP edge: `/trpc` for procedures, `/feed` for whoever follows, `/admin` for the page, and
 * `/livez`, `/readyz` and `/healthz/projections` for whoever watches. It answers every request
 * itself and never falls through, so it can be mounted under any path of any host.
 */
export function createApp({ engine, authenticate, log, feedStreamsMax }: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_req, res, next) => {
    res.setHeader("x-content-type-options", "nosniff");
    res.setHeader("cache-control", "no-store");
    next();
  });
  app.use(healthRoutes(engine));
  app.use("/admin", adminPage());
  const keys = new PartnerKeys();
  const contextOf = async (req: Request, res: Response) => {
    const running = engine();
    if (!running) throw new Fault("UNAVAILABLE", "Selvedge is not running just now.");
    requestIdOf(res);
    return requestContext(req, res, running, authenticate, keys);
  };
  const onInternal = (err: unknown, path?: string, requestId?: string) =>
    log.error({ err, path, requestId }, "a procedure failed");
  app.use("/trpc", requireJsonPost, procedures({ contextOf, onInternal }));
  app.post("/bulk", requireJsonPost, bulkRoute({ contextOf, onInternal, bodyBytesMax }));
  const isServing = (one: Engine) => engine() === one;
  app.get("/feed", feedRoute({ contextOf, onInternal, isServing, streamsMax: feedStreamsMax }));
  app.use((_req: Request, res: Response) => {
    sendFault(res, new Fault("NOT_FOUND", "There is nothing here."));
  });
  app.use((error: unknown, _req: Request, res: Response, next: (error: unknown) => void) => {
    if (res.headersSent) return next(error);
    log.error({ err: error, requestId: requestIdOf(res) }, "a request failed");
    sendFault(res, error);
  });
  return app;
}

/**
 * Commands come as JSON in a POST and in no other way: a page of another site can make a browser
 * send a form or a GET, but not this.
 */
function requireJsonPost(req: Request, res: Response, next: () => void): void {
  const isJson = /^application\/json\b/i.test(req.headers["content-type"] ?? "");
  if (req.method !== "POST" || !isJson) {
    sendFault(res, new Fault("BAD_INPUT", "Send a POST with content-type: application/json."));
  } else if ("batch" in req.query) {
    sendFault(res, new Fault("BAD_INPUT", "Send one call a request."));
  } else next();
}

function procedures({ contextOf, onInternal }: Omit<BulkOptions, "bodyBytesMax">) {
  return createExpressMiddleware({
    router: appRouter,
    allowMethodOverride: true,
    allowBatching: false,
    maxBodySize: bodyBytesMax,
    createContext: async ({ req, res }) => {
      try {
        return await contextOf(req, res);
      } catch (error) {
        throw toTrpcError(error);
      }
    },
    onError: ({ error, path, ctx }) => {
      if (reportFault(error).code === "INTERNAL") {
        onInternal(error.cause ?? error, path, ctx?.requestId);
      }
    },
  });
}

/** Answers a fault in the shape in which procedures do. */
export function sendFault(res: Response, error: unknown): void {
  const { message, ...report } = reportFault(toTrpcError(error));
  const status = httpStatus[report.code];
  const data = { ...report, httpStatus: status, requestId: requestIdOf(res) };
  res.status(status).json({ error: { message, code: -32_000, data } });
}

const httpStatus = {
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  REFUSED: 409,
  CONFLICT: 409,
  COMMAND_ID_REUSED: 409,
  RECEIPT_REFUSED: 400,
  NOT_FRESH: 409,
  TOO_LARGE: 413,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;
