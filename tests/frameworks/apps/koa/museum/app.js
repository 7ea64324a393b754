'use strict';

const Koa = require('koa');
const mount = require('koa-mount');
const Router = require('koa-router');

const app = new Koa();
const halls = new Router();
const works = new Router();
const shop = require('koa-router')({ prefix: '/shop', strict: true });

function visited(ctx, next) {
  ctx.set('x-visited', ctx.path);
  if (ctx.query.closed) ctx.throw(503);
  return next();
}

async function curator(ctx, next) {
  ctx.assert(ctx.get('x-curator'), 403);
  return next();
}

works.use(curator);
works.get('/', (ctx) => (ctx.body = []));
works.get('/:work', (ctx) => (ctx.body = ctx.params));
works.put('/:work/loans/:to?', (ctx) => (ctx.body = ctx.params));

halls.use(visited);
halls.get('/', (ctx) => (ctx.body = 'Museum'));
halls.get('/halls/', (ctx) => (ctx.body = []));
halls.use('/halls/:hall/works', works.routes());
halls.get('/plans/*', (ctx) => (ctx.body = ctx.params));
halls.get(/^\/years\/(\d+)$/, (ctx) => (ctx.body = ctx.params));

shop.get('/', (ctx) => (ctx.body = 'Shop'));
shop.get('/cards', (ctx) => (ctx.body = []));
shop.get('/cards/:card/', (ctx) => (ctx.body = ctx.params));

app.use(halls.routes());
app.use(shop.routes());
app.use(mount('/intern', halls.routes()));

module.exports = app;
