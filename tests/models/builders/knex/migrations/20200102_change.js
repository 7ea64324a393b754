exports.up = async (knex) => {
  for (const name of ['views', 'likes']) {
    await knex.schema.alterTable('articles', (table) => {
      table.integer(name).notNullable().defaultTo(0);
    });
  }
  await knex.schema.table('articles', (table) => {
    table.dropColumn('gone');
    table.renameColumn('seen_at', 'read_at');
    table.string('slug', 100).notNullable().alter();
    table.dropUnique(['author_id', 'slug']);
  });
  await knex.schema.raw('CREATE UNIQUE INDEX one_slug ON articles (slug)');
  await knex.raw(`ALTER TABLE users ADD COLUMN "nickName" VARCHAR(20)`);
  await knex.schema.renameTable('pairs', 'couples');
  await knex.schema.createTable('temporary', (table) => table.increments());
  await knex.schema.dropTableIfExists('temporary');
};

exports.down = async () => {};
