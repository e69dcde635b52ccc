import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type Express, type Request, type Response } from "express";
import type { Engine } from "../kernel/engine.ts";
import { Fault, reportFault, toTrpcError } from "../kernel/faults.ts";
import type { Logger } from "../kernel/log.ts";
import { appRouter } from "../router.gen.ts";
import { adminPage } from "./admin-page.ts";
import { healthRoutes } from "./health.ts";
import { PartnerKeys } from "./identity.ts";
import { type Authenticate, requestContext, requestIdOf } from "./request-context.ts";

/** What the HTTP edge needs. */
export interface AppOptions {
  /** What to run on; undefined before the start and after the stop. */
  readonly engine: () => Engine | undefined;
  readonly authenticate: Authenticate | undefined;
  readonly log: Logger;
}

// The largest lawful command is an order of 2,000 lines, some 600 KB.
const bodyBytesMax = 1_000_000;

/**
 * The HTTP edge: `/trpc` for procedures, `/admin` for the page, `/livez`, `/readyz` and
 * `/healthz/projections` for whoever watches. It answers every request itself and never falls
 * through, so it can be mounted under any path of any host.
 */
export function createApp({ engine, authenticate, log }: AppOptions): Express {
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
  app.use("/trpc", requireJsonPost, procedures({ engine, authenticate, log }));
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

function procedures({ engine, authenticate, log }: AppOptions) {
  const keys = new PartnerKeys();
  return createExpressMiddleware({
    router: appRouter,
    allowMethodOverride: true,
    allowBatching: false,
    maxBodySize: bodyBytesMax,
    createContext: async ({ req, res }) => {
      try {
        const running = engine();
        if (!running) throw new Fault("UNAVAILABLE", "Selvedge is not running just now.");
        requestIdOf(res);
        return await requestContext(req, res, running, authenticate, keys);
      } catch (error) {
        throw toTrpcError(error);
      }
    },
    onError: ({ error, path, ctx }) => {
      if (reportFault(error).code !== "INTERNAL") return;
      log.error(
        { err: error.cause ?? error, path, requestId: ctx?.requestId },
        "a procedure failed",
      );
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
