import sequelize from './database.js';
import './models/author.js';
import './models/book.js';
import { associate } from './associations.js';
associate();
export { sequelize };
