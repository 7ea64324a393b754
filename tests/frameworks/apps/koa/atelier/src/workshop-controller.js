import Router from '@koa/router';

const routes = [
  ['get', '/', 'index'],
  ['post', '/', 'create'],
  ['delete', '/:id', 'remove'],
];

export class WorkshopController {
  constructor(items) {
    this.items = items;
    this.router = new Router();
    this.router.prefix('/workshops/');
    for (const [verb, path, action] of routes) {
      this.router[verb](path, (ctx, next) => this[action](ctx, next));
    }
  }

  async index(ctx) {
    ctx.body = await this.items.all();
  }

  async create(ctx) {
    ctx.status = 201;
    ctx.body = await this.items.add(ctx.request.body);
  }

  async remove(ctx, next) {
    if (!(await this.items.remove(ctx.params.id))) await next();
  }
}
