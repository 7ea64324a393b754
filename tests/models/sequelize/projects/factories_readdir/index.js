module.exports = require('./models');
