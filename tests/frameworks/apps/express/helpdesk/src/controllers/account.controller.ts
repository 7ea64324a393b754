import type { NextFunction, Request, Response } from 'express';
import signedIn from '../middlewares/signed-in';
import { BaseController } from './base.controller';

export class AccountController extends BaseController {
  constructor() {
    super('/account');
    this.register();
  }

  protected register(): void {
    this.router.use(this.path, signedIn);
    this.router.route(this.path).get(this.show).patch(this.change);
  }

  private show(_request: Request, response: Response): void {
    response.json({ name: 'somebody' });
  }

  private change(request: Request, response: Response, next: NextFunction): void {
    if (!request.body.name) return next(new Error('A name is needed'));
    response.json(request.body);
  }
}
