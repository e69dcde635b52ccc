import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { selvedgeApplication } from "../../server/src/application.ts";
import { hashContract } from "../../server/src/contract/print-sdk.ts";
import {
  compareWithSaved,
  readSavedContracts,
  versionsOf,
} from "../../server/src/contract/saved-contracts.ts";
import { Served } from "../../server/src/contract/served.ts";
import type { ContractProcedure } from "../../server/src/contract/walk.ts";
import { oldestSdk, serverVersion } from "../../server/src/version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { contract } = new Served(selvedgeApplication);
const saved = readSavedContracts(root);
const isBelow = (one: string, other: string) =>
  one.localeCompare(other, "en", { numeric: true }) < 0;

test("nobody who relies on an earlier contract is let down by this one", () => {
  const { breaks } = compareWithSaved(root, contract);
  const hint =
    "Where a version is not out yet and this is meant, `npm run contract:save`; else see CONTRIBUTING.";
  expect(breaks, hint).toEqual([]);
});

test("this would notice: the contract without a procedure lets each saved version down", () => {
  const [first, ...others] = contract;
  const { breaks } = compareWithSaved(root, others);
  expect(breaks).toEqual(
    saved.map(
      ({ version }) =>
        `${version} partners calling ${first?.path} would be told NOT_FOUND: it is gone.`,
    ),
  );
});

test("every version that is out and still taken is saved, and no other but the next", () => {
  expect(saved.length).toBeGreaterThan(0);
  const taken = versionsOf(root).filter(({ version }) => !isBelow(version, oldestSdk));
  const versions = saved.map(({ version }) => version);
  expect(versions.filter((version) => isBelow(version, oldestSdk))).toEqual([]);
  expect(taken.filter(({ isOut, version }) => isOut && !versions.includes(version))).toEqual([]);
  expect(versions.filter((one) => !taken.some(({ version }) => version === one))).toEqual([]);
});

test("the changelog tells of this version", () => {
  expect(versionsOf(root).map(({ version }) => version)).toContain(serverVersion);
});

test.each(saved)("the SDK saved with $version was made from the contract saved", async (one) => {
  const { contractHash } = await import(pathToFileURL(one.sdk).href);
  expect(contractHash).toBe(hashContract(one.contract as readonly ContractProcedure[]));
});
