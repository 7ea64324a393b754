'use strict'

class PlantRepository {
  all () {
    return []
  }
}

function makeClock () {
  return {
    today () {
      return new Date().toISOString()
    }
  }
}

module.exports = { PlantRepository, makeClock }
