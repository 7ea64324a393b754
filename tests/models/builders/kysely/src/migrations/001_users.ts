import { type Kysely, sql } from 'kysely';
import { withTimestamps } from '../helpers.ts';

export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createType('mood').asEnum(['good', 'bad']).execute();
  await db.schema
    .createTable('users')
    .addColumn('id', 'bigserial', (col) => col.primaryKey().notNull())
    .$call(withTimestamps)
    .addColumn('email', 'varchar(255)', (col) => col.notNull().unique())
    .addColumn('bio', 'text', (col) => col.defaultTo(''))
    .addColumn('mood', sql`mood`, (col) => col.notNull().defaultTo('good'))
    .addColumn('number', 'integer', (col) => col.generatedByDefaultAsIdentity())
    .addColumn('gone', 'integer')
    .execute();
  await db.schema
    .createTable('articles')
    .ifNotExists()
    .addColumn('id', 'uuid', (col) => col.primaryKey().defaultTo(sql`gen_random_uuid()`))
    .addColumn('author_id', 'bigint', (col) => col.references('users.id').onDelete('cascade').notNull())
    .addColumn('slug', 'varchar', (col) => col.notNull())
    .addColumn('price', 'decimal(10, 2)')
    .addColumn('data', 'jsonb')
    .addColumn('score', 'double precision')
    .addUniqueConstraint('one_slug', ['author_id', 'slug'])
    .addCheckConstraint('positive', sql`price > 0`)
    .execute();
  await db.schema
    .createTable('favorites')
    .addColumn('user_id', 'bigint')
    .addColumn('article_id', 'uuid')
    .addPrimaryKeyConstraint('favorites_key', ['user_id', 'article_id'])
    .addForeignKeyConstraint('favorite_user', ['user_id'], 'users', ['id'], (key) => key.onDelete('set null'))
    .execute();
  await db.schema.createIndex('by_slug').unique().on('articles').columns(['slug']).execute();
  await db.schema.createIndex('by_author').on('articles').column('author_id').execute();
}

export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable('favorites').execute();
}
