import { Router } from "express";
import type { SelvedgeState } from "../host/lifecycle.ts";
import { ListenerRows } from "../host/listener-rows.ts";
import type { Engine } from "../kernel/engine.ts";
import { readLag } from "../operations/lag.ts";
import type { AppOptions } from "./app.ts";

/**
 * `/livez`: the process answers. `/readyz`: it can serve. `/healthz/projections`: how far behind
 * each read model is; `/healthz/listeners`: how far the host's own listeners are. Those are apart,
 * so that lag restarts nothing.
 */
export function healthRoutes({ engine, state }: Pick<AppOptions, "engine" | "state">): Router {
  const routes = Router();
  routes.get("/livez", (_req, res) => {
    res.json({ status: "ok" });
  });
  routes.get("/readyz", async (_req, res) => {
    const running = engine();
    const ready = running ? await canServe(running) : false;
    res.status(ready ? 200 : 503).json(ready ? { status: "ok" } : unavailable(state()));
  });
  routes.get("/healthz/projections", async (_req, res) => {
    const running = engine();
    const lag = running && (await readLag(running).catch(() => undefined));
    if (!lag) {
      res.status(503).json(unavailable(state()));
      return;
    }
    const late = lag.readModels.some(({ status }) => status !== "fresh" && status !== "refreshing");
    const readModels = lag.readModels.map(({ name, status, lagMs, pending, pendingIsAtLeast }) => ({
      ...{ name, status, lagMs, pending, pendingIsAtLeast },
    }));
    res.status(late ? 503 : 200).json({ status: late ? "late" : "ok", readModels });
  });
  routes.get("/healthz/listeners", async (_req, res) => {
    const running = engine();
    const listeners = running && (await healthOfListeners(running).catch(() => undefined));
    if (!listeners) {
      res.status(503).json(unavailable(state()));
      return;
    }
    const failing = listeners.some(({ failingSince }) => failingSince !== null);
    res.status(failing ? 503 : 200).json({ status: failing ? "failing" : "ok", listeners });
  });
  return routes;
}

function healthOfListeners({ operationsPool, schemas }: Engine) {
  return new ListenerRows(operationsPool, schemas).health();
}

function unavailable({ status, reason }: SelvedgeState) {
  return { status: "unavailable", state: status, ...(reason !== undefined && { reason }) };
}

async function canServe({ readPool, operationsPool }: Engine): Promise<boolean> {
  try {
    await Promise.all([readPool.query("select 1"), operationsPool.query("select 1")]);
    return true;
  } catch {
    return false;
  }
}
