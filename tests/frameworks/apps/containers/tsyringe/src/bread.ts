import { injectable } from 'tsyringe'
import { BreadRepository } from './repository.js'

export interface Oven {
  bake(bread: string): Promise<string>
}

export const OVEN = Symbol('oven')

@injectable()
export class BreadService {
  constructor(private readonly breads: BreadRepository) {}

  list(): string[] {
    return this.breads.all()
  }
}
