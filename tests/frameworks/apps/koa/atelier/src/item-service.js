export class ItemService {
  constructor(store) {
    this.store = store;
  }

  all() {
    return this.store.all();
  }

  add(item) {
    return this.store.add(item);
  }

  remove(id) {
    return this.store.remove(id);
  }
}
