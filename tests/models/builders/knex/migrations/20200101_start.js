const owned = (table, name, target) =>
  table.integer(`${name}_id`).unsigned().notNullable().references('id').inTable(target).onDelete('CASCADE');

exports.up = function (knex) {
  return knex.schema
    .createTable('users', function (table) {
      table.increments();
      table.string('email').notNullable().unique();
      table.string('name', 50).defaultTo('');
      table.text('bio').nullable();
      table.boolean('active').notNullable().defaultTo(true);
      table.uuid('key').defaultTo(knex.raw('gen_random_uuid()'));
      table.timestamps(true, true);
    })
    .createTable('articles', (table) => {
      table.bigIncrements('id');
      owned(table, 'author', 'users');
      table.string('slug').notNullable();
      table.decimal('price', 10, 2);
      table.decimal('weight');
      table.json('data');
      table.jsonb('more').notNullable().defaultTo('{}');
      table.date('day');
      table.dateTime('seen_at');
      table.timestamp('published_at', { useTz: false }).defaultTo(knex.fn.now());
      table.time('at');
      table.float('score');
      table.double('exact');
      table.binary('raw');
      table.bigInteger('size');
      table.specificType('tags', 'text[]');
      table.integer('gone');
      table.unique(['author_id', 'slug']);
      table.index(['slug'], 'by_slug');
    })
    .createTable('pairs', (table) => {
      table.integer('left');
      table.integer('right').references('users.id').onDelete('SET NULL');
      table.primary(['left', 'right']);
      table.foreign('left').references('id').inTable('users').onUpdate('CASCADE');
    });
};

exports.down = (knex) => knex.schema.dropTable('pairs').dropTable('articles').dropTable('users');
