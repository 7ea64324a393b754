import { Sequelize } from 'sequelize';
import { buildModels } from './models.js';
export function createDatabase(url = 'sqlite::memory:') {
  const sequelize = new Sequelize(url, { logging: false, define: { underscored: true } });
  return { sequelize, models: buildModels(sequelize) };
}
export const { sequelize } = createDatabase();
