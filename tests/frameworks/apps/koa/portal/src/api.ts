import Koa from 'koa';
import mount from 'koa-mount';
import { Router } from '@koa/router';
import { account } from './account';
import { notes } from './notes';

export const api = new Koa();
const root = new Router();

async function authenticate(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  if (!ctx.get('authorization')) ctx.throw(401);
  await next();
}

root.get('/', (ctx) => {
  ctx.body = 'API';
});

api.use(root.routes());
api.use(authenticate);
api.use(notes.routes()).use(notes.allowedMethods());
api.use(mount('/account', account.routes()));
