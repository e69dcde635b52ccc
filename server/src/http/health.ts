import { Router } from "express";
import type { Engine } from "../kernel/engine.ts";
import { readLag } from "../operations/lag.ts";

/**
 * `/livez`: the process answers. `/readyz`: it can serve. `/healthz/projections`: how far behind
 * each read model is; it is apart, so that lag restarts nothing.
 */
export function healthRoutes(engine: () => Engine | undefined): Router {
  const routes = Router();
  routes.get("/livez", (_req, res) => {
    res.json({ status: "ok" });
  });
  routes.get("/readyz", async (_req, res) => {
    const running = engine();
    const ready = running ? await canServe(running) : false;
    res.status(ready ? 200 : 503).json({ status: ready ? "ok" : "unavailable" });
  });
  routes.get("/healthz/projections", async (_req, res) => {
    const running = engine();
    const lag = running && (await readLag(running).catch(() => undefined));
    if (!lag) {
      res.status(503).json({ status: "unavailable" });
      return;
    }
    const late = lag.readModels.some(({ status }) => status !== "fresh" && status !== "refreshing");
    const readModels = lag.readModels.map(({ name, status, lagMs, pending }) => ({
      ...{ name, status, lagMs, pending },
    }));
    res.status(late ? 503 : 200).json({ status: late ? "late" : "ok", readModels });
  });
  return routes;
}

async function canServe({ readPool, operationsPool }: Engine): Promise<boolean> {
  try {
    await Promise.all([readPool.query("select 1"), operationsPool.query("select 1")]);
    return true;
  } catch {
    return false;
  }
}
