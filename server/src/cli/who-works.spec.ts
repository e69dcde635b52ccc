import type { Request } from "express";
import { expect, test } from "vitest";
import { whoWorks } from "./who-works.ts";

const local = { remoteAddress: "127.0.0.1" };

function request(headers: Record<string, string>, socket = local): Request {
  return { socket, headers: { host: "127.0.0.1:4000", ...headers } } as unknown as Request;
}

test("whoever is on this machine works in the name that they say, or in none", () => {
  expect(whoWorks(request({}))).toMatchObject({ partner: "local", actor: "local" });
  expect(whoWorks(request({ "x-works-as": "ines" }))).toEqual({
    ...{ tenant: "default", partner: "local", actor: "ines", scopes: ["*"] },
  });
});

test.each([
  ["calls from elsewhere", request({ "x-works-as": "ines" }, { remoteAddress: "10.0.0.7" })],
  ["comes through a proxy", request({ "x-works-as": "ines", "x-forwarded-for": "10.0.0.7" })],
  ["is a page of another site", request({ "x-works-as": "ines", origin: "http://evil.example" })],
  ["shows a key that is none", request({ "x-works-as": "ines", authorization: "Bearer what" })],
  ["has no name that the journal takes", request({ "x-works-as": "x".repeat(101) })],
  ["has blanks for a name", request({ "x-works-as": " " })],
])("who %s is nobody", (_how, req) => {
  expect(whoWorks(req)).toBeUndefined();
});
