import { expect, test } from "vitest";
import { allScopes, identityOf } from "./identity.ts";

const rules = { tenant: "north", scopesOf: allScopes };

test.each([
  ["user", "user_1"],
  ["api-key", "apk_1"],
])("a %s of Medusa works under its own name", (actor_type, actor_id) => {
  expect(identityOf({ actor_type, actor_id }, rules)).toEqual({
    ...{ tenant: "north", partner: "medusa", actor: actor_id, scopes: ["*"] },
  });
});

test.each([
  ["nobody", undefined],
  ["a customer", { actor_type: "customer", actor_id: "cus_1" }],
  ["somebody who is not registered yet", { actor_type: "user", actor_id: "" }],
  ["an actor of a kind to come", { actor_type: "vendor", actor_id: "ven_1" }],
])("%s is nobody", (_, actor) => {
  expect(identityOf(actor, rules)).toBeUndefined();
});

test("the house says what each may do", () => {
  const scopesOf = ({ actor_type }: { actor_type: string }) =>
    actor_type === "user" ? ["orders:read"] : ["stock:write"];
  const scopes = (actor_type: string) =>
    identityOf({ actor_type, actor_id: "1" }, { tenant: "north", scopesOf })?.scopes;
  expect([scopes("user"), scopes("api-key")]).toEqual([["orders:read"], ["stock:write"]]);
});
