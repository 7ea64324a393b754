import express, { type NextFunction, type Request, type Response } from 'express';
import { patients } from './patients';
import { visits } from './visits';
import { VisitService } from './visit-service';
import { Store } from './store';

export const app = express();
const store = new Store();

app.locals.store = store;
app.set('visits', new VisitService(store));

// What a request carries: services, and who asks.
app.use(function context(req: Request, res: Response, next: NextFunction) {
  req['services'] = { visits: req.app.get('visits') };
  res.locals.store = req.app.locals.store;
  next();
});
app.use('/patients', patients);
app.use('/visits', visits);
if (process.env.LISTEN) app.listen(3000);
