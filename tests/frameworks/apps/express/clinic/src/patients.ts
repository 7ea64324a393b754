import { Router } from 'express';

export const patients = Router();

async function list(req, res) {
  res.json(await req.app.locals.store.patients());
}

const show = async ({ params }, { locals, json }) => {
  json(await locals.store.patient(params.id));
};

patients.get('/', list);
patients.get('/:id', show);
patients.get('/:id/visits', (request, response, next) => {
  request.services.visits
    .of(request.params.id)
    .then((found) => response.json(found))
    .catch(next);
});
