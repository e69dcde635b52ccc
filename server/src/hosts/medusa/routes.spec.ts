import { expect, test } from "vitest";
import { selvedgeRoutes } from "./routes.ts";

const asked: unknown[] = [];
const [route = expect.unreachable("there is no route")] = selvedgeRoutes({
  container: { resolve: () => undefined },
  authenticate: (...how) => {
    asked.push(how);
    return "checks";
  },
});

test.each([
  ["/selvedge", true],
  ["/selvedge/", true],
  ["/selvedge/trpc/orders.placeOrder", true],
  ["/selvedge-anything", false],
  ["/selvedge.json", false],
  ["/admin/selvedge", false],
])("%s is Selvedge's: %s", (path, ours) => {
  expect(route.matcher.test(path)).toBe(ours);
});

test("Medusa looks who is calling, with the second factor where there is one, and lets all in", () => {
  expect(asked).toEqual([
    ["user", ["session", "bearer", "api-key"], { allowUnauthenticated: true, requireMfa: true }],
  ]);
  expect(route.middlewares).toEqual(["checks", expect.any(Function)]);
  expect(route.bodyParser).toBe(false);
});
