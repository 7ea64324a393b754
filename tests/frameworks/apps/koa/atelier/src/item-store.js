export class ItemStore {
  items = [];

  async all() {
    return this.items;
  }

  async find(id) {
    return this.items.find((item) => item.id === id);
  }

  async add(item) {
    this.items.push(item);
    return item;
  }

  async remove(id) {
    const before = this.items.length;
    this.items = this.items.filter((item) => item.id !== id);
    return this.items.length < before;
  }
}
