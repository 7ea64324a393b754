import express from 'express';
import { signedIn } from '../lib/guards.js';

const students = express.Router();
const handlers = {
  list: (_request, response) => response.json([]),
  enrol: (_request, response) => response.sendStatus(201),
  leave: (_request, response) => response.sendStatus(204),
};

students.use(signedIn);
students.route('/').get(handlers.list);
students.route('/:id/courses/:course').put(handlers.enrol).delete(handlers.leave);

export default students;
