const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

class Base extends Model {
  static of(attributes, options = {}) {
    return this.init({ ...attributes, note: DataTypes.STRING }, { sequelize, ...options });
  }
}
class User extends Base {
  static associate() { User.hasMany(Task, { foreignKey: 'ownerId', as: 'tasks' }); }
  get label() { return this.name; }
}
class Task extends Base {}
User.of({ name: DataTypes.STRING });
Task.of({ title: DataTypes.STRING, done: { type: DataTypes.BOOLEAN, defaultValue: false } }, { tableName: 'todo', modelName: 'todo' });
class Log extends Model {
  static init(connection) {
    return super.init({ text: { type: DataTypes.TEXT, allowNull: false } }, { sequelize: connection, timestamps: false });
  }
}
Log.init(sequelize);
User.associate();
Task.belongsTo(User, { foreignKey: 'ownerId', as: 'owner' });
module.exports = { sequelize };
