import type { NextFunction, Request, Response } from 'express';

export default function signedIn(request: Request, response: Response, next: NextFunction): void {
  if (request.get('authorization')) next();
  else response.sendStatus(401);
}
