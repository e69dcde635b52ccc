import type { Request } from "express";
import type { Identity } from "../../kernel/context.ts";
import type { Role } from "../../kernel/engine.ts";
import type { Logger } from "../../kernel/log.ts";
import { createSelvedge, type Selvedge, type SelvedgeOptions } from "../../selvedge.ts";
import { allScopes, hostIdentity, identityOf } from "./identity.ts";
import type { MedusaActor, MedusaContainer, MedusaCradle, MedusaLogger } from "./medusa.ts";
import { takeMedusaEvents } from "./medusa-events.ts";
import type { SelvedgeModuleService } from "./service.ts";
import { tellMedusa } from "./tell-medusa.ts";

/** The plugin's options in `medusa-config.ts`; Selvedge's own, and what Medusa makes of them. */
export interface MedusaOptions
  extends Partial<Omit<SelvedgeOptions, "authenticate" | "logger" | "onStartFailure">> {
  /** The house that Medusa's orders are for. Default: `default`. */
  readonly tenant?: string;
  /** The channel that Medusa's orders come by. Default: `medusa`. */
  readonly channel?: string;
  /** What a user of Medusa's admin, or a secret API key, may do. Default: everything. */
  readonly scopesOf?: (actor: MedusaActor) => readonly string[];
}

type WorkerMode = "shared" | "worker" | "server";

// Subscribers, jobs and workflows run in workers too, and they send commands and ask queries.
const rolesOf: Readonly<Record<WorkerMode, readonly Role[]>> = {
  shared: ["command", "query", "refresh", "admin"],
  worker: ["command", "query", "refresh"],
  server: ["command", "query", "admin"],
};

/**
 * Makes the service of a Medusa module. It starts and stops with Medusa; a start that fails is
 * logged and tried again, and Medusa goes on.
 *
 * ```js
 * export default Module("selvedge", { service: selvedgeModule(container) });
 * ```
 *
 * @param container Medusa's own, of `@medusajs/framework`; a module's sees no other modules.
 */
export function selvedgeModule(
  container: MedusaContainer,
): new (
  cradle: MedusaCradle,
  options?: MedusaOptions,
) => SelvedgeModuleService {
  return class SelvedgeModule implements SelvedgeModuleService {
    readonly selvedge: Selvedge;
    readonly identity: Identity;
    readonly channel: string;
    readonly __hooks = {
      onApplicationStart: () => this.#start(),
      onApplicationPrepareShutdown: () => this.selvedge.stop(),
    };
    readonly #workerMode: WorkerMode;
    #serves = false;

    constructor({ logger, configModule }: MedusaCradle, options: MedusaOptions = {}) {
      const { tenant = "default", channel = "medusa", scopesOf = allScopes, ...rest } = options;
      const { databaseUrl = "", workerMode = "shared" } = configModule.projectConfig;
      this.#workerMode = workerMode;
      this.identity = hostIdentity(tenant);
      this.channel = channel;
      this.selvedge = createSelvedge({
        databaseUrl,
        roles: rolesOf[workerMode],
        migrate: workerMode === "server" ? "check" : "run",
        ...rest,
        onStartFailure: "degrade",
        logger: loggerOf(logger),
        authenticate: (req) => identityOf(actorOf(req), { tenant, scopesOf }),
      });
      takeMedusaEvents(this, { container, logger });
      tellMedusa(this, { container, logger });
    }

    serve(): void {
      this.#serves = true;
    }

    async #start(): Promise<void> {
      // `medusa exec`, `medusa user` and the migrations start modules as a server does, and mount
      // no routes: a script that wants Selvedge starts it by itself.
      if (this.#workerMode === "server" && !this.#serves) return;
      await this.selvedge.start();
    }
  };
}

function actorOf(req: Request): MedusaActor | undefined {
  return (req as { auth_context?: MedusaActor }).auth_context;
}

function loggerOf(logger: MedusaLogger): Logger {
  const say =
    (level: "debug" | "info" | "warn" | "error") => (facts: unknown, message?: string) => {
      const { err } = (facts ?? {}) as { err?: unknown };
      const text = `Selvedge: ${message ?? String(facts)}`;
      if (!(err instanceof Error)) logger[level](text);
      else if (level === "error") logger.error(text, err);
      else logger[level](`${text} (${err.message})`);
    };
  return {
    debug: say("debug"),
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
  } as Logger;
}
