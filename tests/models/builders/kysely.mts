// Prints the statements that the migrations of a folder would send.
import fs from 'node:fs';
import path from 'node:path';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';

const sent: string[] = [];
class Listening extends DummyDriver {
  async acquireConnection() {
    return {
      async executeQuery(query: { sql: string }) {
        sent.push(query.sql);
        return { rows: [] };
      },
      async *streamQuery() {},
    } as any;
  }
}
const db = new Kysely<any>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new Listening(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
for (const name of fs.readdirSync('src/migrations').sort()) {
  await (await import(path.resolve('src/migrations', name))).up(db);
}
console.log(JSON.stringify(sent));
