import express, { type Application } from 'express';
import { requestId } from './middlewares/request-id';
import type { Controller } from './interfaces/controller';

export class App {
  public readonly server: Application;

  constructor(
    controllers: Controller[],
    private readonly port: number,
  ) {
    this.server = express();
    this.initializeMiddlewares();
    this.initializeControllers(controllers);
    this.server.get('/health', this.health.bind(this));
  }

  public listen(): void {
    this.server.listen(this.port);
  }

  private initializeMiddlewares(): void {
    this.server.use(express.json());
    this.server.use(requestId);
  }

  private initializeControllers(controllers: Controller[]): void {
    controllers.forEach((controller) => {
      this.server.use('/api/v1', controller.router);
    });
  }

  private health(_request: express.Request, response: express.Response): void {
    response.json({ port: this.port });
  }
}
