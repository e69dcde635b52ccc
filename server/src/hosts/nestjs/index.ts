export type { SelvedgeModuleAsyncOptions, SelvedgeModuleOptions } from "./selvedge-module.ts";
export { SelvedgeModule } from "./selvedge-module.ts";
export { SelvedgeService } from "./selvedge-service.ts";
