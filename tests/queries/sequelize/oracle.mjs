// Runs each query of a project and prints the statements that Sequelize makes of it.
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const entry = ['queries.js', 'queries.ts'].find((name) => existsSync(name))
const loaded = await import(pathToFileURL(entry).href)
const queries = loaded.default?.queries ? loaded.default : loaded
const sequelize = queries.sequelize
const lines = []
const dialect = sequelize.getDialect()
const keep = (sql) => lines.push((typeof sql === 'string' ? sql : sql.query).replace(/^Executing \([^)]*\): /, '').replace(/;\s*$/, ''))
const control = /^(?:BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|SET)\b/

if (dialect === 'sqlite') {
  sequelize.options.logging = false
  await sequelize.sync({ force: true })
  sequelize.options.logging = keep
} else {
  // The query generator alone: what would be sent is kept, and nothing is found.
  sequelize.query = async (sql, options = {}) => {
    keep(sql)
    if (options.plain) return null
    if (['INSERT', 'UPSERT'].includes(options.type)) return [options.instance ?? [], 1]
    if (options.type === 'BULKUPDATE' || options.type === 'UPDATE') return [options.instance ?? [], 1]
    return []
  }
  sequelize.transaction = async () => ({ commit() {}, rollback() {}, options: {}, parent: null })
}
for (const [name, query] of Object.entries(queries.queries)) {
  lines.length = 0
  let error = null
  try {
    await query()
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`
  }
  console.log(JSON.stringify({ name, error, sql: lines.filter((line) => !control.test(line)) }))
}
process.exit(0)
