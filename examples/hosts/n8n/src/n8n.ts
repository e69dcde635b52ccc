/*
 * As much of n8n as the nodes here use, so that they compile without it: it is large, and its types
 * bring all that it depends on. Shapes after https://docs.n8n.io/integrations/creating-nodes/
 */

/** What goes from node to node. */
export interface Item {
  readonly json: object;
  readonly error?: Error;
  readonly pairedItem?: { readonly item: number };
}

/** What every node can ask of n8n. */
export interface Asking {
  getCredentials(name: string): Promise<{ readonly baseUrl?: unknown; readonly apiKey?: unknown }>;
  getNode(): { readonly id: string; readonly name: string };
  readonly logger: { warn(message: string, meta?: object): void };
}

/** What a node can ask while it fills the choices of one of its fields. */
export type LoadingOptions = Asking;

/** One choice of a field. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly description?: string;
}

/** What a node can ask while it works on its items. */
export interface Executing extends Asking {
  getInputData(): readonly Item[];
  getNodeParameter(name: string, item: number, fallback?: unknown): unknown;
  getExecutionId(): string;
  getExecutionCancelSignal(): AbortSignal | undefined;
  continueOnFail(): boolean;
}

/** What a trigger can ask while it is active. */
export interface Triggering extends Asking {
  getNodeParameter(name: string, fallback?: unknown): unknown;
  /** Kept with the workflow from one activation to the next. */
  getWorkflowStaticData(of: "node"): { position?: string };
  getMode(): string;
  /** Starts the workflow; one of `ended` is called when it has ended. */
  emit(items: readonly (readonly Item[])[], response?: undefined, ended?: Ended): void;
  emitError(error: Error): void;
  readonly logger: { warn(message: string): void };
}

/** How a trigger is told that a workflow has ended: well or badly, or could not be started. */
export interface Ended {
  resolve(): void;
  reject(error: Error): void;
}

/** How a trigger ends, and what it does when somebody tries it by hand. */
export interface Triggered {
  readonly closeFunction: () => Promise<void>;
  readonly manualTriggerFunction?: () => Promise<void>;
}
