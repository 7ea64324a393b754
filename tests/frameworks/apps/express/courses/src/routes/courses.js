import { Router } from 'express';
import asyncHandler from 'express-async-handler';
import { catchAsync, timed } from '../lib/catch-async.js';
import { owns, signedIn } from '../lib/guards.js';

const router = new Router();
const courses = [];

async function search(request, response) {
  response.json(courses.filter((course) => course.title.includes(request.query.q ?? '')));
}

async function publish(request, response) {
  courses.push(request.body);
  response.status(201).json(request.body);
}

// The catalogue's page; anything that is no year is left to the next route.
function ofYear(request, response, next) {
  if (!/^\d{4}$/.test(request.params.year)) return next();
  return response.json(courses.filter((course) => course.year === request.params.year));
}

router.get('/', catchAsync(search)).post('/', signedIn, asyncHandler(publish));
router.get('/:year', ofYear);
router.get('/:slug', timed('course', async function show(request, response) {
  response.json(courses.find((course) => course.slug === request.params.slug));
}));
router.delete('/:slug', signedIn, owns('teacher'), catchAsync(async function withdraw(request, response) {
  response.sendStatus(204);
}));

export default router;
