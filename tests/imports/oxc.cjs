// Resolves [file, specifier] pairs from standard input with oxc-resolver, as the oracle of test_oxc.py.
// Prints one path below the root, or null, for each pair. Exits 3 where oxc-resolver is not installed.
let oxc
try {
  oxc = require('oxc-resolver')
} catch {
  process.exit(3)
}
const fs = require('node:fs')
const path = require('node:path')
const { root, requests } = JSON.parse(fs.readFileSync(0, 'utf8'))

const javascript = ['.js', '.jsx', '.mjs', '.cjs', '.json', '.node']
const typescript = ['.ts', '.tsx', '.mts', '.cts']
const options = (extensions, extensionAlias, tsconfig = 'auto') => ({
  extensions: [...extensions, '.vue', '.svelte', '.d.ts', '.d.mts', '.d.cts'],
  extensionAlias,
  conditionNames: ['node', 'import', 'require', 'module-sync', 'development', 'source', 'module'],
  mainFields: ['main'],
  builtinModules: true,
  symlinks: false,
  ...(tsconfig ? { tsconfig } : {}),
})
const built = {
  '.js': ['.ts', '.tsx', '.js', '.d.ts'],
  '.jsx': ['.tsx', '.jsx', '.d.ts'],
  '.mjs': ['.mts', '.mjs', '.d.mts'],
  '.cjs': ['.cts', '.cjs', '.d.cts'],
}
const source = {
  '.js': ['.js', '.ts', '.tsx', '.d.ts'],
  '.jsx': ['.jsx', '.tsx', '.d.ts'],
  '.mjs': ['.mjs', '.mts', '.d.mts'],
  '.cjs': ['.cjs', '.cts', '.d.cts'],
}
const resolvers = (tsconfig) => ({
  typescript: new oxc.ResolverFactory(options([...typescript, ...javascript], built, tsconfig)),
  javascript: new oxc.ResolverFactory(options([...javascript, ...typescript], source, tsconfig)),
})
const usual = resolvers('auto')
const plain = resolvers(null) // for a tsconfig.json that extends one which is not installed

const answers = requests.map(([file, specifier]) => {
  const kind = /\.[cm]?tsx?$/.test(file) ? 'typescript' : 'javascript'
  const from = path.join(root, file)
  let found = usual[kind].resolveFileSync(from, specifier)
  if (/tsconfig/i.test(found.error ?? '')) found = plain[kind].resolveFileSync(from, specifier)
  if (!found.path) return null
  const below = path.relative(root, found.path.split('?')[0]).split(path.sep).join('/')
  return below.startsWith('..') || below.split('/').includes('node_modules') ? null : below
})
process.stdout.write(JSON.stringify(answers))
