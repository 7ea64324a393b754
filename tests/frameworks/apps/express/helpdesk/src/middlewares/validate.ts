import type { NextFunction, Request, RequestHandler, Response } from 'express';

export const validate =
  (...fields: string[]): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    const missing = fields.filter((field) => request.body?.[field] === undefined);
    if (missing.length > 0) {
      response.status(422).json({ missing });
      return;
    }
    next();
  };
