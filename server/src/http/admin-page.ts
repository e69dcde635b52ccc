import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import express, { Router } from "express";

/** How a host makes the admin page its own. */
export interface AdminPageOptions {
  /** A style sheet of the host's, by its path on the same server, like `/erp/selvedge.css`. */
  readonly stylesheet?: string | undefined;
  /** Origins, beside the page's own, that may show it in a frame, like `https://erp.example`. */
  readonly frameAncestors?: readonly string[] | undefined;
}

/** What browsers let the admin page do: ask its own server, and nothing else. */
export function adminPagePolicy({ frameAncestors = [] }: AdminPageOptions = {}): string {
  for (const origin of frameAncestors) {
    if (!/^https?:\/\/[\w.*:[\]-]+$/.test(origin)) {
      throw new Error(`${origin} is not an origin like https://erp.example.`);
    }
  }
  return [
    "default-src 'none'",
    ...["script-src", "style-src", "img-src", "font-src", "connect-src"].map(
      (kind) => `${kind} 'self'`,
    ),
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors 'self'", ...frameAncestors].join(" "),
    // Text from data can then not be made into markup, whatever a script were to try.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** Serves the admin page, where it is installed and built. */
export function adminPage(options: AdminPageOptions = {}): Router {
  const routes = Router();
  const folder = pageFolder();
  const policy = adminPagePolicy(options);
  const link = linkTo(options.stylesheet);
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
    routes.get(["/", "/index.html"], (_req, res) => {
      const page = readFileSync(join(folder, "index.html"), "utf8");
      res.setHeader("cache-control", "no-cache");
      res.type("html").send(page.replace("</head>", `${link}</head>`));
    });
    routes.use(
      express.static(folder, {
        index: false,
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

function linkTo(stylesheet: string | undefined): string {
  if (stylesheet === undefined) return "";
  // Of this server alone: the page asks nobody else for anything.
  if (!/^\/(?!\/)[\w./~%-]*(\?[\w.=&%-]*)?$/.test(stylesheet)) {
    throw new Error(`${stylesheet} is not the path of a style sheet on this server.`);
  }
  return `<link rel="stylesheet" href="${stylesheet.replaceAll("&", "&amp;")}" />`;
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
