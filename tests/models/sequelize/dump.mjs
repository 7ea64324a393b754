// Prints what the real Sequelize knows of each model of a project whose index exports `sequelize`.
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const entry = ['index.js', 'index.ts', 'index.mjs', 'src/index.js', 'src/index.ts', 'app.js'].find((name) => existsSync(name))
const loaded = await import(pathToFileURL(entry).href)
const sequelize = loaded.sequelize ?? loaded.default?.sequelize ?? loaded.default?.default?.sequelize ?? loaded.default
const table = (name) => (typeof name === 'string' ? name : name.schema ? `${name.schema}.${name.tableName}` : name.tableName)

function type(found) {
  const made = { key: typeof found === 'string' ? found : found.constructor.key ?? found.key }
  if (typeof found === 'string') return made
  const options = found.options ?? {}
  if (made.key === 'STRING' || made.key === 'CHAR') made.length = found._length ?? options.length
  if (made.key === 'DECIMAL') Object.assign(made, { precision: options.precision, scale: options.scale })
  if (made.key === 'ENUM') made.values = found.values
  if (made.key === 'ARRAY') made.items = type(typeof found.type === 'function' ? new found.type() : found.type)
  return made
}

for (const model of Object.values(sequelize.models)) {
  const attributes = Object.entries(model.rawAttributes).map(([name, given]) => ({
    name,
    field: given.field,
    type: type(given.type),
    nullable: given.allowNull !== false && !given.primaryKey,
    primary: given.primaryKey === true,
    unique: Object.values(model.uniqueKeys).some((key) => key.fields.length === 1 && key.fields[0] === given.field),
    default: given.defaultValue !== undefined && given.defaultValue !== null,
    increments: given.autoIncrement === true,
    references: given.references
      ? `${table(given.references.model ?? given.references)}.${given.references.key ?? 'id'} ${given.onDelete ?? null} ${given.onUpdate ?? null}`
      : null,
  }))
  const associations = Object.entries(model.associations).map(([as, found]) => ({
    as,
    kind: found.associationType,
    target: found.target.name,
    key: found.identifierField,
    other: found.foreignIdentifierField ?? null,
    through: found.through?.model?.tableName ?? null,
    accessors: Object.values(found.accessors).sort(),
  }))
  const field = (given) => (typeof given === 'string' ? given : given.name ?? given.attribute ?? '(expression)')
  const together = Object.values(model.uniqueKeys).filter((key) => key.fields.length > 1).map((key) => `unique ${key.fields.join()}`)
  const indexes = model._indexes.map((index) => `${index.unique && !index.where ? 'unique' : 'index'} ${index.fields.map(field).join()}`)
  console.log(JSON.stringify({
    name: model.name,
    table: table(model.getTableName()),
    attributes,
    associations,
    constraints: [...together, ...indexes].sort(),
  }))
}
process.exit(0)
