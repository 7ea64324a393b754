export class Store {
  private readonly rows: unknown[] = [];

  async patients() {
    return [];
  }

  async patient(id: string) {
    return { id };
  }

  async visits(patient: string) {
    return this.rows.filter((row) => row === patient);
  }

  async add(row: unknown) {
    this.rows.push(row);
    return row;
  }

  async remove(id: unknown) {
    return id;
  }
}
