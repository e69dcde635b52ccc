import { ForbiddenException, UnauthorizedException } from "@nestjs/common";
import type { Request } from "express";
import { expect, test } from "vitest";
import type { Identity } from "../../kernel/context.ts";
import { guardedIdentity } from "./guarded-identity.ts";

const maria: Identity = { tenant: "default", partner: "erp", actor: "maria", scopes: ["*"] };
const req = { headers: {} } as Request;

const fails = (error: Error) => () => {
  throw error;
};
/** What rxjs makes, as far as Nest's guards are asked for it. */
const observable = (told: { next?: boolean; error?: Error }) => ({
  subscribe: (to: { next(is: boolean): void; error(e: Error): void; complete(): void }) => {
    if (told.next !== undefined) to.next(told.next);
    if (told.error) to.error(told.error);
    else to.complete();
  },
});

test.each([
  ["yes", () => true, maria],
  ["yes later", async () => true, maria],
  ["yes as rxjs has it", () => observable({ next: true }), maria],
  ["no", () => false, undefined],
  ["no later", async () => false, undefined],
  ["no as rxjs has it", () => observable({ next: false }), undefined],
  ["nothing as rxjs has it", () => observable({}), undefined],
  ["that nobody is known", fails(new UnauthorizedException()), undefined],
  ["that it is forbidden", fails(new ForbiddenException()), undefined],
])("a guard that says %s", async (_, canActivate, identity) => {
  const guard = { canActivate: canActivate as () => boolean };
  expect(
    await guardedIdentity(
      async () => [guard],
      () => maria,
    )(req),
  ).toBe(identity);
});

test("a guard that fails otherwise is not taken for a no", async () => {
  const guard = { canActivate: fails(new Error("the session store is away")) };
  const asked = guardedIdentity(
    async () => [guard],
    () => maria,
  )(req);
  await expect(asked).rejects.toThrow("session store");
});

test("guards are asked in turn until one says no, and see the request that is then asked", async () => {
  const seen: string[] = [];
  const says = (name: string, answer: boolean) => ({
    canActivate: (context: { switchToHttp(): { getRequest(): unknown } }) => {
      if (context.switchToHttp().getRequest() === req) seen.push(name);
      return answer;
    },
  });
  const guards = [says("first", true), says("second", false), says("third", true)];
  const asked: unknown[] = [];
  const identityOf = (one: Request) => {
    asked.push(one);
    return maria;
  };
  expect(await guardedIdentity(async () => guards, identityOf)(req)).toBeUndefined();
  expect([seen, asked]).toEqual([["first", "second"], []]);
  expect(await guardedIdentity(async () => guards.slice(0, 1), identityOf)(req)).toBe(maria);
  expect(asked).toEqual([req]);
});
