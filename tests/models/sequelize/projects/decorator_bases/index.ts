import 'reflect-metadata';
import { Sequelize } from 'sequelize-typescript';

import * as models from './models';
const sequelize = new Sequelize('sqlite::memory:', { logging: false });
sequelize.addModels(Object.values(models));
export { sequelize };
