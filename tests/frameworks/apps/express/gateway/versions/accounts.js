const { Router } = require('express');

function list(req, res) {
  res.json([]);
}

module.exports = {
  path: 'accounts',
  build(version) {
    const router = Router();
    router.get('/', list).get('/:id', function show(req, res) {
      res.json({ id: req.params.id, version });
    });
    if (version !== 'v1') {
      router.post('/', function create(req, res) {
        res.sendStatus(201);
      });
    }
    return router;
  },
};
