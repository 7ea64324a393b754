const Router = require('@koa/router');

const router = new Router();

router.get('/', (ctx) => {
  ctx.body = [];
});
router.get('/:member', (ctx) => {
  ctx.body = ctx.params;
});

module.exports = router;
