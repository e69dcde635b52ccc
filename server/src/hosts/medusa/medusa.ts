// What is used of Medusa, by its shape: a project brings its own, and none is installed here.

/** Medusa's container. */
export interface MedusaContainer {
  resolve(key: string, options?: { readonly allowUnregistered?: boolean }): unknown;
}

/** Medusa's logger. */
export interface MedusaLogger {
  error(message: string, error?: Error): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** What every module of Medusa is given. */
export interface MedusaCradle {
  readonly logger: MedusaLogger;
  readonly configModule: {
    readonly projectConfig: {
      readonly databaseUrl?: string;
      readonly workerMode?: "shared" | "worker" | "server";
    };
  };
}

/** Medusa's reading side: any entity with what is linked to it. */
export interface MedusaQuery {
  graph(asked: {
    readonly entity: string;
    readonly fields: readonly string[];
    readonly filters?: Readonly<Record<string, unknown>>;
  }): Promise<{ readonly data: readonly unknown[] }>;
}

/** Medusa's event bus. */
export interface MedusaEventBus {
  emit(event: { readonly name: string; readonly data: unknown }): Promise<void>;
}

/** Medusa's workflows, by their names. */
export interface MedusaWorkflows {
  run(
    workflow: string,
    options: { readonly input: unknown },
  ): Promise<{ readonly result: unknown }>;
}

/** Who is calling, as Medusa's `authenticate` has found out. */
export interface MedusaActor {
  readonly actor_id: string;
  /** `user` for who works in Medusa's admin, `api-key` for a secret API key, `customer`, ... */
  readonly actor_type: string;
}

/** A request to Medusa. */
export interface MedusaRequest {
  readonly scope: MedusaContainer;
  readonly auth_context?: MedusaActor | undefined;
}

/** What a subscriber of Medusa is called with. */
export interface MedusaSubscriberCall {
  readonly event: { readonly name: string; readonly data: unknown };
  readonly container: MedusaContainer;
}

/** What a step of a workflow of Medusa is run in. */
export interface MedusaStepContext {
  readonly container: MedusaContainer;
  /** The same however often the step is tried. */
  readonly idempotencyKey: string;
}

/** What is needed of Medusa to handle its events, and to tell it of some. */
export interface MedusaSide {
  /** Medusa's own; a module's sees no other modules. */
  readonly container: MedusaContainer;
  readonly logger: MedusaLogger;
}
