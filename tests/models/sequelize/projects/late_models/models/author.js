import Sequelize from 'sequelize';
import sequelize from '../database.js';
export default sequelize.define('author', { name: Sequelize.STRING, born: Sequelize.DATEONLY });
