import { defineRouteConfig } from "@medusajs/admin-sdk";

/** How far the warehouse's read models are behind: Selvedge's own page, as the user at work. */
const LagPage = () => (
  <iframe
    src="/selvedge/admin/"
    title="Selvedge"
    style={{ width: "100%", height: "calc(100vh - 6rem)", border: 0 }}
  />
);

export const config = defineRouteConfig({ label: "Warehouse" });
export default LagPage;
