const fs = require('fs');
const path = require('path');
const Koa = require('koa');
const compose = require('koa-compose');

const app = new Koa();
const kitchen = require('koa-router')();

function timing(ctx, next) {
  const start = Date.now();
  return next().then(() => ctx.set('x-time', String(Date.now() - start)));
}

kitchen.get('/', (ctx) => (ctx.body = 'Kitchen'));
kitchen.get('/menu', (ctx) => (ctx.body = []));

const folder = path.resolve(__dirname, 'routes');
const routers = fs
  .readdirSync(folder)
  .filter((name) => /\.js$/.test(name))
  .map((name) => require(`${folder}/${name}`));

module.exports = (async () => {
  await Promise.resolve('the database is there');
  app.use(timing);
  app.use(compose([kitchen.routes(), ...routers.map((router) => router.middleware())]));
  return app;
})();
