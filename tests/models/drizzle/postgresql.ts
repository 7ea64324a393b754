import { relations, sql } from 'drizzle-orm';
import {
  bigint, bigserial, boolean, char, check, customType, date, doublePrecision, foreignKey, index, inet, integer, interval,
  json, jsonb, numeric, pgEnum, pgSchema, pgTable, pgTableCreator, primaryKey, real, serial, smallint, smallserial, text,
  time, timestamp, unique, uniqueIndex, uuid, varchar,
} from 'drizzle-orm/pg-core';

const timestamps = {
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at').$onUpdate(() => new Date()),
};
export const mood = pgEnum('mood', ['good', 'bad']);
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  key: uuid('key').defaultRandom().unique(),
  email: varchar('email', { length: 255 }).notNull().unique('users_email'),
  name: text().notNull(),
  mood: mood('mood').default('good').notNull(),
  managerId: integer('manager_id').references((): any => users.id),
  ...timestamps,
});

export const articles = pgTable(
  'articles',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    slug: char('slug', { length: 20 }).notNull(),
    price: numeric('price', { precision: 10, scale: 2 }).default('0'),
    tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
    data: jsonb('data').$type<{ a: number }>().default({ a: 1 }),
    plain: json('plain'),
    authorId: integer('author_id').notNull().references(() => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    search: tsvector('search'),
    draft: boolean('draft').default(true),
    rank: real('rank'),
    score: doublePrecision('score'),
    size: smallint('size'),
    order: smallserial('order'),
    day: date('day').$defaultFn(() => '2020-01-01'),
    at: time('at'),
    lasts: interval('lasts'),
    address: inet('address'),
    count: bigint('count', { mode: 'bigint' }).generatedAlwaysAsIdentity(),
    twice: integer('twice').generatedAlwaysAs(sql`1 + 1`),
  },
  (table) => [
    uniqueIndex('articles_slug').on(table.slug),
    uniqueIndex('articles_partial').on(table.draft).where(sql`${table.draft}`),
    index('articles_author').on(table.authorId, table.slug.desc()),
    index('articles_lower').on(sql`lower(${table.slug})`),
    unique('articles_twice').on(table.slug, table.authorId),
    check('articles_size', sql`${table.size} > 0`),
  ],
);

export const favorites = pgTable('favorites', {
  userId: integer('user_id').references(() => users.id),
  articleId: bigint('article_id', { mode: 'number' }),
}, (t) => ({
  pk: primaryKey({ columns: [t.userId, t.articleId] }),
  article: foreignKey({ columns: [t.articleId], foreignColumns: [articles.id], name: 'favorite_article' }).onDelete('cascade'),
}));

const shop = pgSchema('shop');
export const orders = shop.table('orders', (t) => ({
  id: t.integer().primaryKey().generatedByDefaultAsIdentity(),
  note: t.text('order_note'),
}));

const prefixed = pgTableCreator((name) => `app_${name}`);
export const logs = prefixed('logs', { id: serial('id').primaryKey(), userId: integer('user_id').references(() => users.id) });

export const usersRelations = relations(users, ({ one, many }) => ({
  articles: many(articles),
  manager: one(users, { fields: [users.managerId], references: [users.id] }),
}));
