import Router, { type RouterContext } from '@koa/router';
import type { Next } from 'koa';

export const notes = new Router({ prefix: '/notes/:note' });

async function ownsNote(ctx: RouterContext, next: Next): Promise<void> {
  if (ctx.params.note === '0') ctx.throw(403);
  await next();
}

notes.use(ownsNote);
notes.get('/', (ctx) => {
  ctx.body = ctx.params;
});
notes.get('/pages{/:page}', (ctx) => {
  ctx.body = ctx.params;
});
notes.get('/files/*path', (ctx) => {
  ctx.body = ctx.params;
});
