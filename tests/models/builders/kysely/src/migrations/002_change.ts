import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>) {
  await db.schema
    .alterTable('users')
    .dropColumn('gone')
    .addColumn('nick', 'varchar(20)', (col) => col.notNull().defaultTo('x'))
    .execute();
  await db.schema.alterTable('users').renameColumn('bio', 'about').execute();
  await db.schema.alterTable('users').alterColumn('about', (col) => col.setNotNull()).execute();
  await db.schema.alterTable('articles').alterColumn('slug', (col) => col.setDataType('varchar(100)')).execute();
  await sql`ALTER TABLE articles ADD COLUMN body TEXT NOT NULL`.execute(db);
  await db.schema.alterTable('favorites').renameTo('likes').execute();
  await db.schema.dropIndex('by_slug').execute();
}
