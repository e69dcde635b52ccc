import { createElement } from "react";

/** How far the warehouse's read models are behind: Selvedge's own page, as the user at work. */
const LagPage = () =>
  createElement("iframe", {
    src: "/selvedge/admin/",
    title: "Selvedge",
    style: { width: "100%", height: "calc(100vh - 6rem)", border: 0 },
  });

const path = "/lag";

/** What Medusa's admin takes from a plugin: all that there may be, with the one page of ours. */
export default {
  routeModule: { routes: [{ Component: LagPage, path }] },
  menuItemModule: { menuItems: [{ label: "Warehouse", path }] },
  widgetModule: { widgets: [] },
  layoutModule: { layouts: [] },
  formModule: { customFields: {} },
  displayModule: { displays: {} },
  i18nModule: { resources: {} },
};
