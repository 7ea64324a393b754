const express = require('express');
const { authenticate } = require('../middleware/auth');

const router = express.Router();
const orders = [];

const actions = {
  ship: (order) => ({ ...order, state: 'shipped' }),
  cancel: (order) => ({ ...order, state: 'cancelled' }),
};

router.use(authenticate);

router.get('/', (req, res) => res.json(orders));

for (const [name, apply] of Object.entries(actions)) {
  router.post(`/:order/${name}`, (req, res) => res.json(apply(orders[req.params.order])));
}

router.all('/:order/history', function history(req, res) {
  res.json([]);
});

module.exports = router;
