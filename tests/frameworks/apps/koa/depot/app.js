const Koa = require('koa');
const Router = require('@koa/router');

const app = new Koa();

function scanned(ctx, next) {
  if (!ctx.get('x-scan')) ctx.throw(400);
  return next();
}

// The last route that matches is the one that runs, alone.
const goods = new Router({ prefix: '/goods', exclusive: true, methods: ['GET', 'POST'] });
goods.use(scanned);
goods.get('/:code', function byCode(ctx) {
  ctx.body = ctx.params;
});
goods.get('/damaged', function damaged(ctx) {
  ctx.body = [];
});

const strict = new Router({ strict: true, sensitive: true });
strict.get('/Gates/', (ctx) => (ctx.body = []));
strict.get('/ramps', (ctx) => (ctx.body = []));

const loose = new Router({ prefix: '/bays/' });
loose.get('/', (ctx) => (ctx.body = []));
loose.get('/free', (ctx) => (ctx.body = [])); // the path is /bays//free
loose.get('full', (ctx) => (ctx.body = []));

const hosted = new Router({ host: 'intern.example.org' });
hosted.get('/payroll', (ctx) => (ctx.body = []));

const open = new Router();
open.use('/', scanned); // holds for the root alone
open.get('/', (ctx) => (ctx.body = 'Depot'));
open.get('/hours', (ctx) => (ctx.body = '8-17'));
open.get('/lists/', (ctx) => (ctx.body = []));
open.get(process.env.EXTRA_PATH, (ctx) => (ctx.body = 'extra'));
open.use(process.env.EXTRA_PREFIX, strict.routes());
open.get('keys', (ctx) => (ctx.body = 'no request arrives here'));

app.use(goods.routes()).use(strict.routes()).use(loose.routes()).use(hosted.routes()).use(open.routes());

module.exports = app;
