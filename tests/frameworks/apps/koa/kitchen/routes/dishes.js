const Router = require('koa-router');

const router = Router({ prefix: '/dishes' });

const kinds = ['starters', 'mains', 'desserts'];

kinds.forEach((kind) => {
  router.get(kind, `/${kind}`, async (ctx) => {
    ctx.body = { kind };
  });
});
router
  .get('/', (ctx) => (ctx.body = kinds))
  .get('/:dish(\\d+)', (ctx) => (ctx.body = ctx.params))
  .get('/:dish/photo.:format?', (ctx) => (ctx.body = ctx.params))
  .get('/files/(.*)', (ctx) => (ctx.body = ctx.params));

module.exports = router;
