import { DataTypes, Model } from 'sequelize';
export default class Comment extends Model {
  static initModel(sequelize) {
    return Comment.init({ body: { type: DataTypes.TEXT, allowNull: false } }, { sequelize, modelName: 'Comment', paranoid: true });
  }
  static associate({ User }) { Comment.belongsTo(User, { as: 'author', foreignKey: { name: 'authorId', allowNull: false } }); }
}
