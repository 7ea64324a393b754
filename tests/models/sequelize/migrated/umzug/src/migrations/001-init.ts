import { DataTypes, type QueryInterface } from 'sequelize';
type Migration = (params: { context: QueryInterface }) => Promise<void>;
export const up: Migration = async ({ context: queryInterface }) => {
  await queryInterface.createTable({ tableName: 'accounts' }, {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    owner: { type: DataTypes.STRING, allowNull: false },
    balance: { type: DataTypes.DECIMAL(10, 2), allowNull: false, defaultValue: 0 },
  });
};
export const down: Migration = async ({ context }) => { await context.dropTable('accounts'); };
