import type { AddressInfo } from "node:net";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../kernel/faults.ts";
import { declareRefusals } from "../kernel/refusals.ts";
import { sendProblem } from "./problem.ts";

const refusals = declareRefusals({
  "shelf-full": { kind: "conflict", text: "The shelf has no room left." },
});

/** What is answered where a request fails so. */
async function problemOf(error: unknown) {
  const app = express().use((_req, res) => sendProblem(res, error));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const { status, headers } = response;
  return { status, headers, problem: await response.json() };
}

test("a refusal is a kind of problem of its own", async () => {
  const { status, headers, problem } = await problemOf(refusals.because("shelf-full", { at: 1 }));
  expect([status, problem]).toEqual([
    409,
    {
      type: "urn:selvedge:problem:refused:shelf-full",
      title: "Refused by the domain",
      status: 409,
      detail: "The shelf has no room left.",
      code: "REFUSED",
      reason: "shelf-full",
      kind: "conflict",
      retryable: false,
      details: { at: 1 },
      requestId: headers.get("selvedge-request-id"),
    },
  ]);
  expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(headers.get("retry-after")).toBeNull();
});

test.each([
  [503, new Fault("UNAVAILABLE", "Not now.")],
  [429, new Fault("UNAVAILABLE", "Not so many.", { status: "TOO_MANY_REQUESTS" })],
])("with %i it says when to try again", async (status, fault) => {
  const answer = await problemOf(fault);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, "1"]);
  expect(answer.problem).toMatchObject({ status, code: "UNAVAILABLE", retryable: true });
});

test("of a bug it says nothing but that there is one", async () => {
  const { status, problem } = await problemOf(new Error("select * from secret"));
  expect([status, problem]).toMatchObject([
    500,
    { code: "INTERNAL", title: "Went wrong on the server" },
  ]);
  expect(JSON.stringify(problem)).not.toContain("secret");
});
