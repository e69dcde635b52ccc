import {
  type BeforeApplicationShutdown,
  type CanActivate,
  type DynamicModule,
  Inject,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationBootstrap,
  type OptionalFactoryDependency,
  type Type,
} from "@nestjs/common";
import { HttpAdapterHost, ModuleRef } from "@nestjs/core";
import { createSelvedge, type Selvedge, type SelvedgeOptions } from "../../selvedge.ts";
import { guardedIdentity, type IdentityOf } from "./guarded-identity.ts";
import { SelvedgeService } from "./selvedge-service.ts";

/** How Selvedge is set up in a Nest application. */
export interface SelvedgeModuleOptions extends SelvedgeOptions {
  /** Below which path it is mounted; `/selvedge` unless given. A global prefix does not count. */
  readonly path?: string;
  /** Guards of the host that a request has to pass before `authenticate` is asked who it is of. */
  readonly guards?: readonly Type<CanActivate>[];
}

/** The same, where options come from other providers. */
export interface SelvedgeModuleAsyncOptions {
  readonly imports?: ModuleMetadata["imports"];
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** Is given what `inject` names. */
  readonly useFactory: (
    ...injected: never[]
  ) => Promise<SelvedgeModuleOptions> | SelvedgeModuleOptions;
}

const optionsToken = Symbol("selvedge options");
const selvedgeToken = Symbol("selvedge");

/**
 * Selvedge as a module: mounted below a path, started when the application has booted, stopped
 * before it is shut down, and injected as `SelvedgeService` wherever it is wanted.
 */
export class SelvedgeModule
  implements NestModule, OnApplicationBootstrap, BeforeApplicationShutdown
{
  readonly #selvedge: Selvedge;
  readonly #options: SelvedgeModuleOptions;
  readonly #http: HttpAdapterHost;

  constructor(selvedge: Selvedge, options: SelvedgeModuleOptions, http: HttpAdapterHost) {
    this.#selvedge = selvedge;
    this.#options = options;
    this.#http = http;
  }

  /** With options that are known. */
  static forRoot(options: SelvedgeModuleOptions): DynamicModule {
    return SelvedgeModule.forRootAsync({ useFactory: () => options });
  }

  /** With options that other providers know. */
  static forRootAsync(from: SelvedgeModuleAsyncOptions): DynamicModule {
    return {
      module: SelvedgeModule,
      global: true,
      imports: from.imports ?? [],
      providers: [
        {
          provide: optionsToken,
          useFactory: from.useFactory as (...injected: unknown[]) => unknown,
          inject: [...(from.inject ?? [])],
        },
        { provide: selvedgeToken, useFactory: make, inject: [optionsToken, ModuleRef] },
        {
          provide: SelvedgeService,
          useFactory: (selvedge: Selvedge) => new SelvedgeService(selvedge),
          inject: [selvedgeToken],
        },
      ],
      exports: [SelvedgeService],
    };
  }

  /** Mounts it behind the host's parsers and before its routes. */
  configure(): void {
    // Where there is no HTTP (a worker, a command of the CLI), there is nothing to mount on.
    const { httpAdapter } = this.#http;
    httpAdapter?.use(this.#options.path ?? "/selvedge", this.#selvedge.handler);
  }

  /** Starts it; a failure is the host's, unless `onStartFailure` says otherwise. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#selvedge.start();
  }

  /** Stops it while connections still are there to be answered. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#selvedge.stop();
  }
}

// What decorators would do, were there any in what Node runs as it is.
Module({})(SelvedgeModule);
Inject(selvedgeToken)(SelvedgeModule, undefined, 0);
Inject(optionsToken)(SelvedgeModule, undefined, 1);
Inject(HttpAdapterHost)(SelvedgeModule, undefined, 2);

function make(options: SelvedgeModuleOptions, moduleRef: ModuleRef): Selvedge {
  const { guards = [], authenticate } = options;
  if (guards.length === 0 || !authenticate) return createSelvedge(options);
  // Found at the first request: guards have dependencies of their own.
  let found: Promise<CanActivate[]> | undefined;
  const asked = () => {
    found ??= Promise.all(guards.map((guard) => instanceOf(moduleRef, guard)));
    return found;
  };
  const identity: IdentityOf = authenticate;
  return createSelvedge({ ...options, authenticate: guardedIdentity(asked, identity) });
}

/** The application's own instance, or one that is made of what the application has. */
async function instanceOf(moduleRef: ModuleRef, guard: Type<CanActivate>): Promise<CanActivate> {
  try {
    return moduleRef.get(guard, { strict: false });
  } catch {
    return moduleRef.create(guard);
  }
}
