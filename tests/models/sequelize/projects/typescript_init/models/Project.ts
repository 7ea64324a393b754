import { DataTypes, Model, type ForeignKey } from 'sequelize';
import { sequelize } from '../db';
import type { User } from './User';
export class Project extends Model {
  declare ownerId: ForeignKey<User['id']>;
  declare name: string;
}
Project.init({ name: { type: DataTypes.STRING, allowNull: false, field: 'project_name' } } as const, { sequelize, modelName: 'Project' });
