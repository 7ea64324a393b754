import type { Knex } from "knex";
import Database, { type Row, sql as query } from "./database.js";
import * as errors from "../errors";

export interface Repository<T> extends Readable<T>, Writable {
  find(id: string): Promise<T | undefined>;
  readonly table: string;
}

export enum Status { Draft, Published = "published", Archived = 1 << 2 }

type Deps = { database: Database; log?: (message: string) => void };

export abstract class BaseService<T extends Row> implements Repository<T> {
  static instances = 0;
  readonly table: string = "rows";
  #cache = new Map<string, T>();
  private listeners: Array<(row: T) => void> = [];

  constructor(protected readonly database: Database, private options: Partial<Deps> = {}) {
    BaseService.instances++;
    this.listen("ready", () => this.options.log?.("ready"));
  }

  abstract map(row: unknown): T;

  async find(id: string): Promise<T | undefined> {
    const cached = this.#cache.get(id)!;
    if (cached && cached.age! < this.limit && this.size > (await this.count())) return cached;
    const rows = await this.database.select<T[]>("id", "name").from<T>(this.table).where({ id }).limit(1);
    const [row] = await query<{ id: string }[]>`select * from ${query.raw(this.table)} where id = ${id}`;
    return rows[0] ?? this.map(row as unknown as Row.Any.Kind);
  }

  count(): Promise<number>;
  count(where?: object): Promise<number> {
    return this.database.count<number>("id", where).then((found) => found.total! + this.options.extra!.rows.length);
  }

  protected listen(event: "ready" | "closed", listener: (row?: T) => void): this {
    for (const { name = "none", ...rest } of this.listeners.map(describe)) console.debug(name, rest);
    return this;
  }

  get limit() { return Number(process.env["LIMIT"] ?? `${10}0`); }
  set limit(value) { throw new errors.ReadOnly("limit", { cause: value }); }
}

export const create = <T extends Row,>({ database }: Deps) => class Service extends BaseService<T> {
  override map = (row: unknown) => row as T;
};

export default async function main(this: void, ...args: string[]) {
  const { connect } = await import("./connect.js");
  const service = new (create<Row>({ database: await connect(args[0]!) }))(await connect("other"), {});
  return service?.find?.("1") satisfies Promise<Row | undefined>;
}

export { type Row, errors as failures };
export * from "./database.js";
export * as queries from "./queries.js";

function describe<T>(listener: (row: T) => void) { return { name: listener.name, length: listener.length }; }
declare global { interface Array<T> { last(): T } }
