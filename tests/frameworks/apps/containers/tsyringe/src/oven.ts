import { injectable } from 'tsyringe'
import type { Oven } from './bread.js'

@injectable()
export class GasOven implements Oven {
  async bake(bread: string): Promise<string> {
    return `warm ${bread}`
  }
}
