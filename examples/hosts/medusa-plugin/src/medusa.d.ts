// What is used of Medusa, by its shape: a shop brings its own, and none is installed here.

declare module "@medusajs/framework" {
  export const container: import("@selvedge/server/medusa").MedusaContainer;
}

declare module "@medusajs/framework/utils" {
  export function Module<Service>(name: string, of: { service: Service }): { service: Service };
}

declare module "@medusajs/framework/http" {
  type RequestHandler = (req: object, res: object, next: () => void) => void;
  type Routing = import("@selvedge/server/medusa").MedusaRouting<RequestHandler>;
  type Route = import("@selvedge/server/medusa").MedusaRoute<RequestHandler>;

  export const authenticate: Routing["authenticate"];
  export function defineMiddlewares(config: { routes: Route[] }): object;
}

declare module "@medusajs/framework/workflows-sdk" {
  export type StepExecutionContext = import("@selvedge/server/medusa").MedusaStepContext;
  export type StepFunction<Input, Output> = (input: Input) => Output;

  export class StepResponse<Output, Kept = Output> {
    readonly output: Output;
    readonly compensateInput: Kept;
    constructor(output: Output, kept?: Kept);
  }

  export function createStep<Input, Output, Kept>(
    name: string,
    run: (input: Input, context: StepExecutionContext) => Promise<StepResponse<Output, Kept>>,
    takeBack?: (kept: Kept | undefined, context: StepExecutionContext) => Promise<void>,
  ): StepFunction<Input, Output>;
}
