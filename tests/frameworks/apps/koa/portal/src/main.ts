import Koa, { type Context, type Next } from 'koa';
import mount from 'koa-mount';
import { api } from './api';
import { web } from './web';

export const app = new Koa();

async function requestId(ctx: Context, next: Next): Promise<void> {
  ctx.set('x-request-id', String(Math.random()));
  await next();
}

app.use(requestId);
app.use(mount('/api', api));
app.use(
  mount('/status', async function status(ctx: Context) {
    ctx.body = { up: true };
  }),
);
if (process.env.METRICS) {
  app.use(mount('/metrics', (ctx: Context) => (ctx.body = 'count 1')));
}
app.use(mount(web));
app.use(async function notFound(ctx: Context) {
  ctx.status = 404;
});

if (process.env.LISTEN) app.listen(3000);
