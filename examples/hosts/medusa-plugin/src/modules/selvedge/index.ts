import { container } from "@medusajs/framework";
import { Module } from "@medusajs/framework/utils";
import { selvedgeModule } from "@selvedge/server/medusa";

export default Module("selvedge", { service: selvedgeModule(container) });
