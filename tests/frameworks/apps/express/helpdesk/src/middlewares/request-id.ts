import type { NextFunction, Request, Response } from 'express';

let count = 0;

export function requestId(request: Request, response: Response, next: NextFunction): void {
  response.setHeader('x-request-id', String(++count));
  next();
}
