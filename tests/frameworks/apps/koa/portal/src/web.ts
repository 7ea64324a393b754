import compose from 'koa-compose';
import Router from '@koa/router';

const pages = new Router();
const feeds = new Router({ prefix: '/feeds' });

pages.get('/', (ctx) => {
  ctx.body = 'Home';
});
pages.get('/pages/:page', (ctx, next) => {
  if (ctx.params.page === 'draft') return next();
  ctx.body = ctx.params;
});
feeds.get('/:feed.xml', (ctx) => {
  ctx.body = ctx.params;
});

export const web = compose([pages.routes(), feeds.routes()]);
