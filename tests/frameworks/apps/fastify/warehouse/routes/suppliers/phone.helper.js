'use strict'

exports.format = (number) => number.replace(/\D/g, '')
