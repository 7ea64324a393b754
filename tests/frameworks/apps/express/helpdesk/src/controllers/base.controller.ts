import { Router } from 'express';
import type { Controller } from '../interfaces/controller';

export abstract class BaseController implements Controller {
  public readonly router = Router();

  constructor(public readonly path: string) {}

  protected abstract register(): void;
}
