import type { Context } from 'hono'
import { factory, requireStaff } from '../factory.js'
import type { BookingService } from '../service.js'

export class BookingController {
  constructor(private readonly service: BookingService) {}

  list = (c: Context) => c.json(this.service.all())

  read(c: Context) {
    return c.json(this.service.find(c.req.param('id')!) ?? null)
  }

  create = factory.createHandlers(requireStaff, async (c) => c.json(this.service.add('1'), 201))
}
