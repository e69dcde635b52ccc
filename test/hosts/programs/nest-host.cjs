/*
 * A platform on NestJS, as its compiler writes it: CommonJS, decorators as calls. Its sessions are
 * checked by a guard, its bus is a service, and it is shut down by Nest's own hooks.
 */
require("reflect-metadata");
const common = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { SelvedgeModule, SelvedgeService } = require("@selvedge/server/nestjs");

const { Controller, Get, Inject, Injectable, Module, Post, Req, Body, HttpCode } = common;
const { DATABASE_URL, ON_START_FAILURE } = process.env;
const maria = { tenant: "default", partner: "erp", actor: "maria", scopes: ["*"] };

const decorate = (decorators, target, name) => {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  for (const decorator of decorators) decorator(target, name, descriptor);
};

class Sessions {
  userOf(req) {
    return /session=(\w+)/.exec(req.headers.cookie ?? "")?.[1];
  }
}
Injectable()(Sessions);

class SessionGuard {
  constructor(sessions) {
    this.sessions = sessions;
  }
  async canActivate(context) {
    const req = context.switchToHttp().getRequest();
    req.user = this.sessions.userOf(req);
    if (req.user === "banned") throw new common.ForbiddenException();
    return req.user !== undefined;
  }
}
Injectable()(SessionGuard);
Inject(Sessions)(SessionGuard, undefined, 0);

class OwnController {
  constructor(selvedge) {
    this.selvedge = selvedge;
    this.bus = [];
    selvedge.on({ name: "nest-bus", from: "beginning" }, ({ type }) => void this.bus.push(type));
    selvedge.onHostEvent("product.created", ({ data }, house) =>
      house.execute("catalogue.registerVariant", { sku: data.sku }),
    );
  }
  own() {
    return { bus: this.bus, state: this.selvedge.state };
  }
  take(body) {
    return this.selvedge
      .takeHostEvent({ ...body, identity: maria })
      .then((outcome) => ({ outcome }));
  }
  async whole(req, body) {
    const { receipt } = await this.selvedge.execute("catalogue.registerVariant", body, maria);
    const asked = { atLeast: receipt, deadlineMs: 5_000 };
    const { freshness } = await this.selvedge.ask("orders.orderTotals", {}, maria, asked);
    return { included: freshness.includesReceipt, url: req.url, body };
  }
}
Controller("own")(OwnController);
Inject(SelvedgeService)(OwnController, undefined, 0);
decorate([Get()], OwnController.prototype, "own");
decorate([Post("events"), HttpCode(200)], OwnController.prototype, "take");
Body()(OwnController.prototype, "take", 0);
decorate([Post("variants"), HttpCode(200)], OwnController.prototype, "whole");
Req()(OwnController.prototype, "whole", 0);
Body()(OwnController.prototype, "whole", 1);

class SessionsModule {}
Module({ providers: [Sessions, SessionGuard] })(SessionsModule);

const Config = { provide: "DATABASE_URL", useValue: DATABASE_URL };
class ConfigModule {}
Module({ providers: [Config], exports: [Config] })(ConfigModule);

class AppModule {}
Module({
  imports: [
    SessionsModule,
    SelvedgeModule.forRootAsync({
      imports: [ConfigModule],
      inject: ["DATABASE_URL"],
      useFactory: (databaseUrl) => ({
        databaseUrl,
        guards: [SessionGuard],
        authenticate: ({ user }) => ({ ...maria, actor: user }),
        ...(ON_START_FAILURE && { onStartFailure: ON_START_FAILURE }),
      }),
    }),
  ],
  controllers: [OwnController],
})(AppModule);

async function main() {
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.setGlobalPrefix("api", { exclude: ["own/{*rest}", "own"] });
  app.enableShutdownHooks();
  await app.listen(0, "127.0.0.1");
  console.log(
    `listening ${app.getHttpServer().address().port} ${app.get(SelvedgeService).state.status}`,
  );
}
main().catch((error) => console.log(`failed ${error.name}`));
