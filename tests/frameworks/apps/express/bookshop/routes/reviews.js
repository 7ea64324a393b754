const { Router } = require('express');
const { authenticate } = require('../middleware/auth');

const router = Router({ mergeParams: true });

router.get('/', function listReviews(req, res) {
  res.json(req.book.reviews || []);
});
router.post('/', authenticate, function addReview(req, res) {
  res.status(201).json({ ...req.body, isbn: req.params.isbn });
});

module.exports = router;
