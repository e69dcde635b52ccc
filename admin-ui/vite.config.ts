import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  // Relative, so that one build works under any base path.
  base: "./",
  plugins: [react()],
  resolve: { conditions: ["selvedge-source", ...defaultClientConditions] },
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
