import { Migration } from "@mikro-orm/migrations";

/** The command log by who asked and by what was asked, the newest first. */
export class CommandsByWhom0010 extends Migration {
  override name = "0010-commands-by-whom";

  override up(): void {
    for (const statement of byWhom) this.addSql(statement);
  }
}

const byWhom = [
  // In the order of the pages: who asks for somebody's commands reads no others on the way.
  `create index command_log_actor on command_log (tenant, actor, at, partner, command_id)`,
  `create index command_log_procedure on command_log
     (tenant, procedure, at, partner, command_id)`,
];
