// Runs the migrations of a project on SQLite, and prints the tables that they leave behind.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'

const require = createRequire(import.meta.url)
const { Sequelize } = require('sequelize')
const sequelize = new Sequelize('sqlite::memory:', { logging: false })
const queryInterface = sequelize.getQueryInterface()
const folder = process.argv[2]
for (const file of readdirSync(folder).sort()) {
  const loaded = await import(pathToFileURL(resolve(folder, file)).href)
  const up = loaded.up ?? loaded.default.up
  if (file.endsWith('.ts')) await up({ context: queryInterface, name: file })
  else await up(queryInterface, Sequelize)
}
for (const table of (await queryInterface.showAllTables()).map((found) => found.name ?? found).sort()) {
  const columns = Object.entries(await queryInterface.describeTable(table))
  const indexes = (await queryInterface.showIndex(table)).filter((index) => !index.primary)
  console.log(JSON.stringify({
    table,
    columns: columns.map(([name, found]) => [name, found.allowNull && !found.primaryKey, found.primaryKey]),
    unique: indexes.filter((index) => index.unique).map((index) => index.fields.map((field) => field.attribute).join()).sort(),
    plain: indexes.filter((index) => !index.unique).map((index) => index.fields.map((field) => field.attribute).join()).sort(),
  }))
}
process.exit(0)
