import { DataTypes, Model } from 'sequelize';
export class User extends Model {
  static initModel(sequelize) {
    User.init({ id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true }, name: DataTypes.STRING }, { sequelize, underscored: true });
    return User;
  }
  static associate(models) { this.hasMany(models.Comment, { as: 'comments', foreignKey: 'authorId' }); }
}
