import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** How many bytes a browser gets of a program in a partner's project, minified and gzipped. */
export async function bytesInBrowser(folder: string, program: string): Promise<number> {
  const input = "virtual:program";
  const result = await build({
    root: folder,
    logLevel: "error",
    configFile: false,
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === input ? join(folder, "program.js") : undefined),
        load: (id) => (id === join(folder, "program.js") ? program : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input, preserveEntrySignatures: "strict" },
    },
  });
  if (Array.isArray(result) || !("output" in result)) throw new Error("One bundle was expected.");
  const code = result.output.map((chunk) => ("code" in chunk ? chunk.code : "")).join("");
  return gzipSync(code, { level: 9 }).length;
}
