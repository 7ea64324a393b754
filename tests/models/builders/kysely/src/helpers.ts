import { sql, type CreateTableBuilder } from 'kysely';

export function withTimestamps<T extends string, C extends string = never>(table: CreateTableBuilder<T, C>) {
  return table
    .addColumn('created_at', 'timestamptz', (col) => col.defaultTo(sql`now()`).notNull())
    .addColumn('updated_at', 'timestamp(3)');
}
