const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

sequelize.define('Composite', {
  left: { type: DataTypes.INTEGER, primaryKey: true },
  right: { type: DataTypes.INTEGER, primaryKey: true },
});
sequelize.define('Natural', { slug: { type: DataTypes.STRING, primaryKey: true } });
sequelize.define('Unique', { id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true } });
sequelize.define('Counted', { number: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true } });
sequelize.define('Pointing', {
  uniqueId: { type: DataTypes.UUID, references: { model: 'Uniques', key: 'id' }, onDelete: 'CASCADE' },
  natural: { type: DataTypes.STRING, references: { model: sequelize.models.Natural, key: 'slug' }, onUpdate: 'SET NULL' },
});
const Gone = sequelize.define('Gone', { name: DataTypes.STRING, old: DataTypes.STRING });
Gone.removeAttribute('old');
Gone.removeAttribute('id');
module.exports = { sequelize };
