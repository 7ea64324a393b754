const knex = require('knex');
require('pg');

module.exports = knex({ client: 'pg', connection: process.env.DATABASE_URL });
