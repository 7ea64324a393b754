import Router from '@koa/router';

export const account = new Router();

account.get('/', async function profile(ctx) {
  ctx.body = { name: 'somebody' };
});
account.put('/password', async function changePassword(ctx) {
  ctx.status = 204;
});
