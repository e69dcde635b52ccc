import { describe } from "vitest";
import { expressHosts } from "./express-hosts.ts";
import { hostStage } from "./host-project.ts";
import { nestHost } from "./nest-host.ts";

const stage = hostStage(
  ...["express@~4.22.0", "express-5@npm:express@~5.3.0", "reflect-metadata", "rxjs"],
  ...["common", "core", "platform-express"].map((one) => `@nestjs/${one}@11`),
);

describe("Express", () => expressHosts(stage));
describe("NestJS 11", () => nestHost(stage));
