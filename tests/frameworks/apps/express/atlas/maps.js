const { Router } = require('express');

const router = Router({ caseSensitive: true });

router.get(['/', '/all'], (req, res) => res.json([]));
router.get('/:map{/zoom/:zoom}', (req, res) => res.json(req.params));
router.get('legend', (req, res) => res.send('No request arrives here: the slash is missing'));

module.exports = router;
