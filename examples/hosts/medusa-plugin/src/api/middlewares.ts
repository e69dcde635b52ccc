import { container } from "@medusajs/framework";
import { authenticate, defineMiddlewares } from "@medusajs/framework/http";
import { selvedgeRoutes } from "@selvedge/server/medusa";

export default defineMiddlewares({ routes: selvedgeRoutes({ container, authenticate }) });
