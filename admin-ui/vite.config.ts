import react from "@vitejs/plugin-react";
import { build, defaultClientConditions, defineConfig, type Plugin } from "vite";

const resolve = { conditions: ["selvedge-source", ...defaultClientConditions] };

/** Builds the element for other pages as one file beside the page: it shares nothing with it. */
function freshnessElement(): Plugin {
  let outDir = "dist";
  return {
    name: "freshness-element",
    apply: "build",
    configResolved: (config) => {
      outDir = config.build.outDir;
    },
    closeBundle: async () => {
      await build({
        configFile: false,
        root: import.meta.dirname,
        logLevel: "warn",
        resolve,
        build: {
          target: "es2022",
          outDir,
          emptyOutDir: false,
          rolldownOptions: {
            input: "src/freshness/main.ts",
            // Other pages name it, so its name stays.
            output: { entryFileNames: "freshness.js" },
          },
        },
      });
    },
  };
}

export default defineConfig({
  // Relative, so that one build works under any base path.
  base: "./",
  plugins: [react(), freshnessElement()],
  resolve,
  build: {
    target: "es2022",
    // Inlined files become data: URLs and inline scripts, which `default-src 'self'` refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` shows the page at / and passes the API on to a running server.
    proxy: { "/trpc": process.env.SELVEDGE_URL ?? "http://127.0.0.1:3000" },
  },
});
