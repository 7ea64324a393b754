import { Hono } from 'hono'
import { channels } from './channels.js'

export const internal = new Hono()

internal.get('/metrics', (c) => c.text(''))
internal.route('/debug/channels', channels)
