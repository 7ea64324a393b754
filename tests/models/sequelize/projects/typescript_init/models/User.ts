import { DataTypes, Model, type CreationOptional, type InferAttributes, type InferCreationAttributes, type NonAttribute } from 'sequelize';
import { sequelize } from '../db';
import type { Project } from './Project';
export enum Role { Admin = 'admin', Member = 'member' }
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>;
  declare name: string;
  declare role: Role;
  declare projects?: NonAttribute<Project[]>;
  declare createdAt: CreationOptional<Date>;
  get upper(): NonAttribute<string> { return this.name.toUpperCase(); }
}
User.init(
  {
    id: { type: DataTypes.INTEGER.UNSIGNED, autoIncrement: true, primaryKey: true },
    name: { type: new DataTypes.STRING(128), allowNull: false },
    role: { type: DataTypes.ENUM(...Object.values(Role)), allowNull: false, defaultValue: Role.Member },
    createdAt: DataTypes.DATE,
  },
  { tableName: 'users', sequelize, updatedAt: false },
);
