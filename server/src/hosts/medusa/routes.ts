import type { Request, Response } from "express";
import type { MedusaContainer, MedusaRequest } from "./medusa.ts";
import { findService, serviceOf } from "./service.ts";

/** What `selvedgeRoutes` needs of Medusa. */
export interface MedusaRouting<Handler> {
  /** Medusa's own, of `@medusajs/framework`. */
  readonly container: MedusaContainer;
  /** Medusa's own, of `@medusajs/framework/http`. */
  readonly authenticate: (
    actorType: string,
    authType: ("session" | "bearer" | "api-key")[],
    options: { readonly allowUnauthenticated: boolean; readonly requireMfa: boolean },
  ) => Handler;
}

/** A route, as Medusa's `defineMiddlewares` takes it. */
export interface MedusaRoute<Handler> {
  readonly matcher: RegExp;
  readonly bodyParser: false;
  readonly middlewares: (Handler | ((req: MedusaRequest, res: object) => void))[];
}

/**
 * Mounts Selvedge below `/selvedge`, for `src/api/middlewares.ts`:
 *
 * ```js
 * defineMiddlewares({ routes: selvedgeRoutes({ container, authenticate }) });
 * ```
 *
 * Medusa says who its users are; nobody is turned away by it, since partners have keys of
 * Selvedge's own.
 */
export function selvedgeRoutes<Handler>({
  container,
  authenticate,
}: MedusaRouting<Handler>): MedusaRoute<Handler>[] {
  findService(container)?.serve();
  return [
    {
      // As a text it would also match `/selvedge-anything`, and leave that without its body.
      matcher: /^\/selvedge(?=\/|$)/,
      bodyParser: false,
      middlewares: [
        // Medusa asks those for no second factor whom it may let in without a first one.
        authenticate("user", ["session", "bearer", "api-key"], {
          allowUnauthenticated: true,
          requireMfa: true,
        }),
        (req, res) => {
          const { handler } = serviceOf(req.scope).selvedge;
          // Express's own, of the version that Medusa has.
          handler(req as unknown as Request, res as Response);
        },
      ],
    },
  ];
}
