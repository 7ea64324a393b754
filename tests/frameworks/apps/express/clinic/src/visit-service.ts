import type { Store } from './store';

export class VisitService {
  constructor(private readonly store: Store) {}

  async of(patient: string) {
    return this.store.visits(patient);
  }

  async book(visit: unknown) {
    return this.store.add(visit);
  }

  async cancel(id: string | string[]) {
    return this.store.remove(id);
  }
}
