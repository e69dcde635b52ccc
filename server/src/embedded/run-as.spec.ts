import { afterEach, expect, test, vi } from "vitest";
import { defaultDataDir } from "./data-folder.ts";
import { programEnv, serviceUser } from "./run-as.ts";

const root = "root:x:0:0:root:/root:/bin/bash";
const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
const postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("root hands PostgreSQL to the user postgres, or else to nobody", () => {
  expect(serviceUser([root, nobody, postgres].join("\n"))).toEqual({ uid: 101, gid: 104 });
  expect(serviceUser([root, nobody, ""].join("\n"))).toEqual({ uid: 65534, gid: 65533 });
});

test("a system with neither is told so, and a postgres that is root does not count", () => {
  const rootInDisguise = "postgres:x:0:0::/root:/bin/sh";
  for (const passwd of [root, `${root}\n${rootInDisguise}`]) {
    expect(() => serviceUser(passwd)).toThrow(expect.objectContaining({ code: "NO_USER" }));
  }
});

test("PostgreSQL's programs see neither our secrets nor PG variables", () => {
  vi.stubEnv("DATABASE_URL", "postgres://secret");
  vi.stubEnv("PGPORT", "1");
  vi.stubEnv("LANG", "de_DE.UTF-8");
  vi.stubEnv("LD_LIBRARY_PATH", "/opt/lib");
  vi.stubEnv("PATH", "/bin");
  expect(programEnv()).toEqual({ LC_ALL: "C", LD_LIBRARY_PATH: "/opt/lib", PATH: "/bin" });
});

test("the data folder is below the working folder unless the environment names one", () => {
  vi.stubEnv("SELVEDGE_DATA_DIR", "");
  expect(defaultDataDir("/srv/app")).toBe("/srv/app/.selvedge/postgres");
  vi.stubEnv("SELVEDGE_DATA_DIR", "kept/here");
  expect(defaultDataDir("/srv/app")).toBe("/srv/app/kept/here");
  vi.stubEnv("SELVEDGE_DATA_DIR", "/var/lib/selvedge");
  expect(defaultDataDir("/srv/app")).toBe("/var/lib/selvedge");
});
