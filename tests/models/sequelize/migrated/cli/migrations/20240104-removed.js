exports.up = async (queryInterface) => {
  await queryInterface.removeColumn('Users', 'old');
  await queryInterface.renameTable('Posts', 'Articles');
};
exports.down = async () => {};
