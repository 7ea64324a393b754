"use strict";

class Shelf {
  constructor({ room }) {
    this.room = room;
  }

  all() {
    return this.room.things;
  }
}

class Library {
  constructor({ shelf, clock }) {
    this.shelf = shelf;
    this.clock = clock;
  }

  list() {
    return { things: this.shelf.all(), now: this.clock.now() };
  }
}

class Desk {
  constructor({ library }) {
    this.library = library;
  }

  list = (request, response) => response.json(this.library.list());
}

class Clock {
  now() {
    return Date.now();
  }
}

class Container {
  constructor() {
    this.factories = new Map();
    this.instances = new Map();
    this.cradle = new Proxy({}, { get: (_, name) => this.resolve(name) });
  }

  value(name, value) {
    this.instances.set(name, value);
    return this;
  }

  register(name, factory) {
    this.factories.set(name, factory);
    return this;
  }

  resolve(name) {
    if (!this.instances.has(name)) {
      const factory = this.factories.get(name);
      if (!factory) throw new Error(`${String(name)} is not registered`);
      this.instances.set(name, factory(this.cradle));
    }
    return this.instances.get(name);
  }
}

const asClass = (Class) => (cradle) => new Class(cradle);

module.exports = new Container()
  .value("room", { things: [] })
  .register("shelf", asClass(Shelf))
  .register("clock", () => new Clock())
  .register("library", asClass(Library))
  .register("desk", asClass(Desk));
