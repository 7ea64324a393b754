const accounts = require('./accounts');
const invoices = require('./invoices');

const resources = [accounts, invoices];

module.exports = (app, versions) => {
  for (const version of versions) {
    resources.forEach(({ path, build }) => {
      app.use(`/${version}/${path}`, build(version));
    });
  }
  return app;
};
