import { singleton } from 'tsyringe'

@singleton()
export class BreadRepository {
  private readonly breads: string[] = []

  all(): string[] {
    return this.breads
  }
}
