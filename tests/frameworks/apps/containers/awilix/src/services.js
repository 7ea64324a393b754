'use strict'

class PlantService {
  constructor ({ plantRepository, clock }) {
    this.plants = plantRepository
    this.clock = clock
  }

  list () {
    return this.plants.all()
  }

  today () {
    return this.clock.today()
  }
}

class SeedService {
  constructor (plantRepository) {
    this.plants = plantRepository
  }

  list () {
    return this.plants.all()
  }
}

module.exports = { PlantService, SeedService }
