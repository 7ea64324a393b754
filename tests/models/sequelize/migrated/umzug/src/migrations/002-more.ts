import { DataTypes, QueryInterface } from 'sequelize';
async function add(queryInterface: QueryInterface, table: string) {
  const known = ['accounts'];
  if (known.includes(table)) {
    await queryInterface.addColumn(table, 'closed_at', DataTypes.DATE);
  }
}
export async function up(params: { context: QueryInterface }) {
  const queryInterface = params.context;
  await add(queryInterface, 'accounts');
  await queryInterface.addIndex('accounts', ['owner']);
}
