import { expect, test } from "vitest";
import { baseUrlOf } from "./base-url.ts";

test.each([
  ["http://wms.example/admin/", "http://wms.example"],
  ["http://wms.example/admin/index.html", "http://wms.example"],
  ["https://wms.example:8443/erp/selvedge/admin/", "https://wms.example:8443/erp/selvedge"],
  ["http://wms.example/admin/admin/?tab=1#rm-2", "http://wms.example/admin"],
  ["http://127.0.0.1:5173/", "http://127.0.0.1:5173"],
])("the page at %s asks the API at %s", (page, base) => {
  expect(baseUrlOf(page)).toBe(base);
});
