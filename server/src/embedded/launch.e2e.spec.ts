import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findPlatformPackage, prepareBinaries } from "./binaries.ts";
import { clusterPaths, settleDataFolder } from "./data-folder.ts";
import { seedCluster, testFolder } from "./embedded.fixture.ts";
import { launch } from "./launch.ts";

const seeded = seedCluster();

describe("a port that was free a moment ago", { timeout: 60_000 }, () => {
  test("is given up for another one when someone else was faster", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const { port: taken } = other.address() as { port: number };
    const later = createServer();
    await new Promise<void>((resolve) => later.listen(0, "127.0.0.1", resolve));
    const { port: free } = later.address() as { port: number };
    await new Promise((resolve) => later.close(resolve));

    const folder = settleDataFolder(seeded(join(testFolder(), "postgres")));
    const { postgres } = prepareBinaries(findPlatformPackage(), folder.user);
    const choices = [taken, taken, free];
    const launched = await launch(
      {
        postgres,
        data: clusterPaths(folder.path).data,
        user: folder.user,
        port: undefined,
        settings: { fsync: "off" },
        onLog: () => {},
      },
      async () => Number(choices.shift()),
    );
    onTestFinished(() => launched.process.stop());
    expect(launched.port).toBe(free);
    expect(choices).toEqual([]);
  });
});
