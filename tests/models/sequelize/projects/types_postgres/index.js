const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize('postgres://localhost/readings', { logging: false });
const { ARRAY, STRING, INTEGER, RANGE, HSTORE, INET, CIDR, MACADDR, GEOMETRY, TSVECTOR } = DataTypes;
sequelize.define('Host', {
  tags: ARRAY(STRING),
  lengths: { type: ARRAY(STRING(20)), defaultValue: [] },
  grid: ARRAY(ARRAY(INTEGER)),
  typed: new ARRAY({ type: DataTypes.TEXT }),
  span: RANGE(INTEGER),
  extra: HSTORE,
  address: INET,
  network: CIDR,
  card: MACADDR,
  place: GEOMETRY('POINT', 4326),
  search: TSVECTOR,
  states: ARRAY(DataTypes.ENUM('on', 'off')),
});
module.exports = sequelize;
