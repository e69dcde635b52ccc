import type { CanActivate, ExecutionContext, Type } from "@nestjs/common";
import { ForbiddenException, UnauthorizedException } from "@nestjs/common";
import type { Request } from "express";
import type { Identity } from "../../kernel/context.ts";

/** Who is calling, once the host's guards have let a request pass. */
export type IdentityOf = (req: Request) => Promise<Identity | undefined> | Identity | undefined;

/** What a guard is told of a request that belongs to no controller. */
class RequestOnly implements ExecutionContext {
  readonly #req: Request;

  constructor(req: Request) {
    this.#req = req;
  }

  getType<Kind extends string>(): Kind {
    return "http" as Kind;
  }

  getClass<T>(): Type<T> {
    return RequestOnly as unknown as Type<T>;
  }

  getHandler(): () => void {
    return nothing;
  }

  getArgs<T extends unknown[]>(): T {
    return [this.#req, this.#req.res] as unknown as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.getArgs()[index] as T;
  }

  switchToHttp() {
    return {
      getRequest: <T>() => this.#req as T,
      getResponse: <T>() => this.#req.res as T,
      getNext: <T>() => nothing as T,
    };
  }

  switchToRpc(): never {
    throw new Error("This is a request over HTTP.");
  }

  switchToWs(): never {
    throw new Error("This is a request over HTTP.");
  }
}

const nothing = () => undefined;

/** Asks the host's guards, one after the other; where one says no, nobody is calling. */
export function guardedIdentity(
  guards: () => Promise<readonly CanActivate[]>,
  identity: IdentityOf,
): IdentityOf {
  return async (req) => {
    const context = new RequestOnly(req);
    for (const guard of await guards()) {
      if (!(await says(guard, context))) return undefined;
    }
    return identity(req);
  };
}

async function says(guard: CanActivate, context: ExecutionContext): Promise<boolean> {
  try {
    const said = guard.canActivate(context);
    if (typeof said === "boolean" || "then" in said) return await said;
    return await new Promise<boolean>((resolve, reject) => {
      const complete = () => resolve(false);
      said.subscribe({ next: resolve, error: reject, complete });
    });
  } catch (error) {
    if (error instanceof UnauthorizedException || error instanceof ForbiddenException) return false;
    throw error;
  }
}
