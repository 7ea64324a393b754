import { DataTypes } from 'sequelize';
import sequelize from '../database.js';
const Book = sequelize.define('book', { title: DataTypes.STRING, isbn: { type: DataTypes.CHAR(13), unique: true } });
export default Book;
