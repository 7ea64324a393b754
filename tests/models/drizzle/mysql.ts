import { datetime, decimal, int, mysqlEnum, mysqlTable, serial, text, tinyint, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';

export const users = mysqlTable('users', {
  id: serial('id').primaryKey(),
  number: int('number').notNull(),
  email: varchar('email', { length: 100 }).notNull(),
  role: mysqlEnum('role', ['admin', 'user']).default('user'),
  small: tinyint('small'),
  bio: text('bio'),
  price: decimal('price', { precision: 8, scale: 2 }),
  seenAt: datetime('seen_at'),
}, (table) => [uniqueIndex('users_email').on(table.email)]);

export const posts = mysqlTable('posts', {
  id: int('id').autoincrement().primaryKey(),
  userId: int('user_id').references(() => users.id, { onDelete: 'cascade' }),
});
