import { Sequelize } from 'sequelize';
import * as models from './models/index.js';
export const sequelize = new Sequelize('sqlite::memory:', { logging: false });
for (const model of Object.values(models)) model.initModel(sequelize);
for (const model of Object.values(models)) model.associate?.(sequelize.models);
