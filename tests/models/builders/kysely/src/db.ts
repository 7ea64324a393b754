import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

export const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: new pg.Pool() }) });
