import { defineConfig, loadEnv } from "@medusajs/framework/utils";
import type { MedusaOptions } from "@selvedge/medusa";

loadEnv(process.env.NODE_ENV ?? "development", process.cwd());

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: process.env.STORE_CORS ?? "",
      adminCors: process.env.ADMIN_CORS ?? "",
      authCors: process.env.AUTH_CORS ?? "",
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
  },
  plugins: [
    {
      resolve: "@selvedge/medusa",
      options: {
        channel: "shop",
        // Who works in the admin may do everything; programs with a secret key see to the selling.
        scopesOf: ({ actor_type }) =>
          actor_type === "user" ? ["*"] : ["catalogue:*", "orders:*", "stock:read"],
      } satisfies MedusaOptions,
    },
  ],
});
