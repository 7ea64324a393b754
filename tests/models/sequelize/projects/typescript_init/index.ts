import { sequelize } from './db';
import { User } from './models/User';
import { Project } from './models/Project';
User.hasMany(Project, { sourceKey: 'id', foreignKey: 'ownerId', as: 'projects' });
Project.belongsTo(User, { targetKey: 'id', foreignKey: 'ownerId', as: 'owner' });
export { sequelize };
