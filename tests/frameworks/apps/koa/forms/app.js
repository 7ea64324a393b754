const Koa = require('koa');
const Router = require('@koa/router');
const router = require('koa-joi-router');

const { Joi } = router;
const app = new Koa();
const forms = router();

async function known(ctx, next) {
  ctx.assert(ctx.get('authorization'), 401);
  await next();
}

const routes = [
  {
    method: 'get',
    path: '/',
    handler: async function list(ctx) {
      ctx.body = [];
    },
  },
  {
    method: ['post', 'put'],
    path: '/:form/answers',
    validate: { type: 'json', body: { text: Joi.string().required() } },
    pre: known,
    handler: [
      async function answer(ctx) {
        ctx.status = 201;
      },
    ],
  },
];

forms.prefix('/forms');
forms.route(routes);
forms.get('/:form', { validate: { params: { form: Joi.number() } } }, async function show(ctx) {
  ctx.body = ctx.params;
});
forms.delete('/:form', known, async function remove(ctx) {
  ctx.status = 204;
});

const api = new Router();
const replies = router();
replies.get('/:reply', async function reply(ctx) {
  ctx.body = ctx.params;
});
api.use('/replies', replies);

app.use(forms.middleware());
app.use(api.routes());

module.exports = app;
