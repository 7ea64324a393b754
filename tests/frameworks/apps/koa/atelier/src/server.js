import Koa from 'koa';
import { ItemController } from './item-controller.js';
import { WorkshopController } from './workshop-controller.js';
import { ItemService } from './item-service.js';
import { ItemStore } from './item-store.js';

class Server {
  constructor(controllers) {
    this.app = new Koa();
    this.app.context.store = new ItemStore();
    this.app.use(async (ctx, next) => {
      ctx.state.items = new ItemService(ctx.store);
      await next();
    });
    for (const controller of controllers) {
      this.app.use(controller.router.routes());
      this.app.use(controller.router.allowedMethods());
    }
  }

  start(port) {
    return this.app.listen(port);
  }
}

export const server = new Server([new ItemController(), new WorkshopController(new ItemService(new ItemStore()))]);
if (process.env.PORT) server.start(process.env.PORT);
