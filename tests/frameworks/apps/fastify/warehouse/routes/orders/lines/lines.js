'use strict'

// An object that describes one route is a plugin too.
module.exports = {
  method: 'GET',
  url: '/:line',
  handler: async function getLine (request) {
    return request.params
  }
}
