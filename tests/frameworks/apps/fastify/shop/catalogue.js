'use strict'

class Catalogue {
  #products = []

  all () {
    return this.#products
  }

  find (id) {
    return this.#products.find((product) => product.id === id)
  }
}

module.exports.Catalogue = Catalogue
