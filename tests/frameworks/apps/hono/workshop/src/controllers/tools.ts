import { factory } from '../factory.js'

const list = factory.createHandlers((c) => c.json([{ locale: c.get('locale') }]))
const read = factory.createHandlers((c) => c.json({ tool: c.req.param('tool') }))

export const toolHandlers = { list, read }
