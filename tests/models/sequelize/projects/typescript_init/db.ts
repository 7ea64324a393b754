import { Sequelize, type Options } from 'sequelize';
const options: Options = { dialect: 'sqlite', storage: ':memory:', logging: false };
export const sequelize: Sequelize = new Sequelize(options);
