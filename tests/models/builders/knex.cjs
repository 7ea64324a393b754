// Prints the statements that the migrations of a folder would send.
const path = require('node:path');
const fs = require('node:fs');
const knex = require('knex')({ client: 'pg' });
const SchemaBuilder = require('knex/lib/schema/builder');
const Raw = require('knex/lib/raw');
const sent = [];
SchemaBuilder.prototype.then = function (done, fail) {
  for (const statement of this.toSQL()) sent.push(statement.sql);
  return Promise.resolve().then(done, fail);
};
Raw.prototype.then = function (done, fail) {
  sent.push(this.toSQL().sql);
  return Promise.resolve().then(done, fail);
};
(async () => {
  for (const name of fs.readdirSync('migrations').sort()) await require(path.resolve('migrations', name)).up(knex);
  console.log(JSON.stringify(sent));
})();
