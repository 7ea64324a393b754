const express = require('express');
const Router = require('express-promise-router');

const app = express();
const router = Router();
const parcels = new Map();

router.param('code', async (req, res, next, code) => {
  req.parcel = parcels.get(code);
  next();
});
router.use(async function audited(req, res) {
  if (req.get('x-banned')) return res.sendStatus(403);
  return 'next';
});
router.get('/', async (req, res) => {
  res.json([...parcels.values()]);
});
router.get('/:code', async function byCode(req) {
  if (!req.parcel) return 'next';
  return req.res.json(req.parcel);
});
router.get('/:place', async function byPlace(req, res) {
  res.json([...parcels.values()].filter((parcel) => parcel.place === req.params.place));
});
router.route('/:code/moves').post(async function move(req, res) {
  res.sendStatus(204);
});

app.use('/parcels', router);

module.exports = app;
