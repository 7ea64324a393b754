'use strict';
module.exports = {
  up: async (queryInterface, Sequelize) => {
    return queryInterface.sequelize.transaction(async (transaction) => {
      for (const name of ['city', 'country']) {
        await queryInterface.addColumn('Users', name, { type: Sequelize.STRING }, { transaction });
      }
      await Promise.all([
        queryInterface.renameColumn('Users', 'nick', 'nickname', { transaction }),
        queryInterface.dropTable('Temporary', { transaction }),
      ]);
    });
  },
  down: async () => {},
};
