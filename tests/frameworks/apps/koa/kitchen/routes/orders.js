const Router = require('koa-router');

const orders = new Router();
const table = new Router();

async function atTable(ctx, next) {
  ctx.assert(/^\d+$/.test(ctx.params.table), 400);
  await next();
}

async function waiter(ctx, next) {
  if (!ctx.get('x-waiter')) ctx.throw(401);
  await next();
}

table.use(atTable);
table.get('/', (ctx) => (ctx.body = []));
table.post('/', waiter, (ctx) => (ctx.status = 201));
table.patch('/:order/', (ctx) => (ctx.body = ctx.params));

orders.use('/orders/closed', waiter);
orders.get('/orders/closed', (ctx) => (ctx.body = []));
orders.use('/tables/:table/orders', table.routes(), table.allowedMethods());
orders.prefix('/service');
orders.get('/bills', (ctx) => (ctx.body = []));

module.exports = orders;
