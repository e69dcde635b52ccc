import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import express, { Router } from "express";

const policy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "object-src 'none'",
].join("; ");

/** Serves the admin page, where it is installed and built. */
export function adminPage(): Router {
  const routes = Router();
  const folder = pageFolder();
  routes.use((req, res, next) => {
    res.setHeader("content-security-policy", policy);
    res.setHeader("referrer-policy", "no-referrer");
    // Relative addresses in the page need the folder's slash.
    if (req.originalUrl.replace(/\?.*$/, "").endsWith("/admin")) {
      res.redirect(308, `${req.baseUrl.split("/").at(-1)}/`);
      return;
    }
    next();
  });
  if (folder) {
    routes.use(
      express.static(folder, {
        setHeaders: (res, path) => {
          const hashed = path.includes(`${join(folder, "assets")}`);
          res.setHeader(
            "cache-control",
            hashed ? "public, max-age=31536000, immutable" : "no-cache",
          );
        },
      }),
    );
  } else {
    routes.get("/", (_req, res) => {
      res
        .status(404)
        .type("text/plain")
        .send("The admin page is not built here. Run `npm run build` and start again.\n");
    });
  }
  return routes;
}

function pageFolder(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const folder = join(dirname(require.resolve("@selvedge/admin-ui/package.json")), "dist");
    return existsSync(join(folder, "index.html")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
