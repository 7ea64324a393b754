const express = require('express');

const router = express.Router({ strict: true });

router.get('/', (req, res) => res.json([]));
router.get('/recent', (req, res) => res.json([]));
router.get('/:paper/pages/:page?', (req, res) => res.json(req.params));

module.exports = router;
