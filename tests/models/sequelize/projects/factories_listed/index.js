const Sequelize = require('sequelize');
const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false });
const models = {
  User: require('./models/user')(sequelize, Sequelize.DataTypes),
  Article: require('./models/article')(sequelize, Sequelize.DataTypes),
};
Object.values(models).forEach((model) => {
  if (typeof model.associate === 'function') model.associate(models);
});
for (const name of ['User', 'Article']) {
  if ('connect' in models[name]) models[name].connect(models);
}
module.exports = { ...models, sequelize };
