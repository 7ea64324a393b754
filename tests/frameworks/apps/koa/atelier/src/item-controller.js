import Router from '@koa/router';

export class ItemController {
  router = new Router({ prefix: '/items' });

  constructor() {
    this.router.get('/', this.list);
    this.router.get('/:id', this.show.bind(this));
  }

  list = async (ctx) => {
    ctx.body = await ctx.state.items.all();
  };

  async show({ params, store, response }) {
    response.body = await store.find(params.id);
  }
}
