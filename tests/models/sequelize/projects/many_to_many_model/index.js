const { Sequelize, DataTypes, Model } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:', { logging: false });

const Student = sequelize.define('Student', { name: DataTypes.STRING });
const Course = sequelize.define('Course', { title: DataTypes.STRING });
const Enrollment = sequelize.define('Enrollment', { grade: DataTypes.INTEGER, courseId: { type: DataTypes.INTEGER, field: 'course' } });
const Keyed = sequelize.define('Keyed', { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true } });
const Free = sequelize.define('Free', { id: { type: DataTypes.INTEGER, primaryKey: true } });
Student.belongsToMany(Course, { through: Enrollment, foreignKey: 'studentId', otherKey: 'courseId' });
Course.belongsToMany(Student, { through: { model: Enrollment }, foreignKey: 'courseId', otherKey: 'studentId', onDelete: 'RESTRICT' });
Student.belongsToMany(Course, { through: Keyed, as: 'keyed', uniqueKey: 'once' });
Course.belongsToMany(Student, { through: { model: Free, unique: false }, as: 'freed', constraints: false });
Enrollment.belongsTo(Student, { foreignKey: 'studentId' });
Enrollment.belongsTo(Course, { foreignKey: 'courseId' });
Student.hasMany(Enrollment, { foreignKey: 'studentId' });
module.exports = { sequelize };
