import express, { Router } from 'express';
import { catchAsync } from './lib/catch-async.js';
import * as guards from './lib/guards.js';

const app = express();
const api = Router();

app.use(express.json());
app.get('/ping', (_request, response) => response.send('pong'));

const modules = [
  ['/courses', './routes/courses.js'],
  ['/students', './routes/students.js'],
];

for (const [path, file] of modules) {
  const { default: router } = await import(file);
  api.use(path, router);
}
api.get('/me', guards.signedIn, catchAsync(async (request, response) => response.json(request.student)));

app.use('/api', api);
app.use((error, _request, response, _next) => response.status(500).json({ message: error.message }));

if (process.env.LISTEN) app.listen(Number(process.env.PORT ?? 3000));

export default app;
