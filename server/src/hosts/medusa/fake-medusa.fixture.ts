import type { MedusaCradle, MedusaLogger } from "./medusa.ts";
import { type MedusaOptions, selvedgeModule } from "./module.ts";
import type { SelvedgeModuleService } from "./service.ts";

type Hooks = Readonly<
  Record<"onApplicationStart" | "onApplicationPrepareShutdown", () => Promise<void>>
>;

/** As much of a Medusa as Selvedge sees of one. */
export interface FakeMedusa {
  readonly service: SelvedgeModuleService & { readonly __hooks: Hooks };
  readonly container: { resolve(key: string): unknown };
  /** What its query answers, by entity. */
  readonly entities: Map<string, object[]>;
  /** What was put on its event bus. */
  readonly emitted: { readonly name: string; readonly data: unknown }[];
  /** Its workflows, which answer what a test has them do. */
  readonly workflows: Map<string, (input: never) => unknown>;
  readonly logged: { readonly level: string; readonly message: string; readonly error?: Error }[];
}

/** Makes a Medusa with our module in it. */
export function fakeMedusa(
  options: MedusaOptions,
  projectConfig: MedusaCradle["configModule"]["projectConfig"] = {},
): FakeMedusa {
  const entities: FakeMedusa["entities"] = new Map();
  const emitted: FakeMedusa["emitted"] = [];
  const workflows: FakeMedusa["workflows"] = new Map();
  const logged: FakeMedusa["logged"] = [];
  const log = (level: string) => (message: string, error?: Error) =>
    void logged.push({ level, message, ...(error && { error }) });
  const logger: MedusaLogger = {
    ...{ error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") },
  };
  const parts: Record<string, unknown> = {
    query: {
      graph: async ({ entity, filters }: { entity: string; filters: Record<string, unknown> }) => {
        const { id, status } = filters;
        const rows = (entities.get(entity) ?? []) as { id: string; status?: string }[];
        const data = rows
          .filter((row) => id === undefined || row.id === id)
          .filter((row) => status === undefined || (row.status ?? "pending") === status);
        return { data };
      },
    },
    event_bus: { emit: async (event: FakeMedusa["emitted"][number]) => void emitted.push(event) },
    workflows: {
      run: async (name: string, { input }: { input: never }) => ({
        result: await workflows.get(name)?.(input),
      }),
    },
  };
  const container = { resolve: (key: string) => parts[key] };
  const Service = selvedgeModule(container);
  const service = new Service({ logger, configModule: { projectConfig } }, options);
  parts.selvedge = service;
  const hooked = service as FakeMedusa["service"];
  return { service: hooked, container, entities, emitted, workflows, logged };
}
