import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientOf } from "../../server/src/cli/who-works.ts";
import { playSampleDay } from "../../server/src/sample-day/play-sample-day.ts";
import { startServerProcess, temporaryFolder } from "../harness/processes.ts";
import { openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";

/*
 * Takes the README's picture: the admin page of a real server, while the generated day is played
 * through it. `npm run build && node --conditions=selvedge-source test/browser/take-picture.ts`
 */

const picture = fileURLToPath(new URL("../../docs/images/admin-page.png", import.meta.url));
const pictureAt = 3_000;

const { folder, remove } = await temporaryFolder();
const server = await startServerProcess(join(folder, "postgres"));
const browser = await launchChromium();
try {
  const size = { width: 1280, height: 1_180 };
  const { page } = await openAdminPage(browser, `${server.baseUrl}/admin/`, { viewport: size });
  await mkdir(dirname(picture), { recursive: true });
  let taken: Promise<unknown> | undefined;
  await playSampleDay({
    clientOf: (name) => clientOf(server.baseUrl, name),
    onProgress: ({ commands }) => {
      if (commands >= pictureAt) taken ??= page.screenshot({ path: picture });
    },
  });
  await taken;
} finally {
  await browser.close();
  await server.stop();
  await remove();
}
