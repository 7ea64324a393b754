import { sql } from 'drizzle-orm';
import { blob, index, integer, numeric, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';

export const users = sqliteTable('users', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  email: text('email').notNull().unique(),
  role: text('role', { enum: ['admin', 'user'] }).default('user'),
  active: integer('active', { mode: 'boolean' }).notNull().default(true),
  createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(unixepoch())`),
  settings: text('settings', { mode: 'json' }),
  picture: blob('picture'),
  weight: real('weight'),
  price: numeric('price'),
}, (table) => [index('users_email').on(table.email)]);

export const tags = sqliteTable('tags', {
  user: integer().notNull().references(() => users.id, { onDelete: 'set null' }),
  name: text().notNull(),
}, (table) => [primaryKey({ columns: [table.user, table.name] }), unique('tag_name').on(table.name)]);
