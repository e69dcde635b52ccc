import { readdirSync, readFileSync } from "node:fs";
import type { MigrationObject } from "@mikro-orm/core";
import { Migration } from "@mikro-orm/migrations";

const sqlFile = /^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

/**
 * The migrations of a host: the SQL files of its folder, in the order of their names. Each runs in
 * a transaction, in the schema of the write side, where read models and commands find its tables.
 */
export function hostMigrations(folder: URL | undefined): MigrationObject[] {
  if (!folder) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const odd = files.find((name) => !sqlFile.test(name));
  if (odd !== undefined) throw new Error(`${odd}: expected a name like 0001-repair-jobs.sql.`);
  return files.sort().map((file) => ({
    name: file.replace(/\.sql$/, ""),
    class: class extends Migration {
      override up(): void {
        this.addSql(readFileSync(new URL(file, folder), "utf8"));
      }
    },
  }));
}
