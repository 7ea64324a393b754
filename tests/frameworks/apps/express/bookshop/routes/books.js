const { Router } = require('express');
const store = require('../data/store');
const { authenticate, requireRole } = require('../middleware/auth');
const reviews = require('./reviews');

const router = Router();

router.param('isbn', function loadBook(req, res, next, isbn) {
  req.book = store.find(isbn);
  if (!req.book) return res.status(404).json({ message: 'No such book' });
  next();
});

function list(req, res) {
  res.json(store.all());
}

function bestsellers(req, res) {
  res.json(store.all().slice(0, 10));
}

router.get('/', list);
router.get('/bestsellers', bestsellers);

router
  .route('/:isbn')
  .all(function noteVisit(req, res, next) {
    res.set('x-visit', 'book');
    next();
  })
  .get((req, res) => res.json(req.book))
  .put(authenticate, requireRole('editor'), function replaceBook(req, res) {
    store.save({ ...req.body, isbn: req.book.isbn });
    res.sendStatus(204);
  })
  .delete([authenticate, requireRole('editor')], function removeBook(req, res) {
    store.remove(req.book.isbn);
    res.sendStatus(204);
  });

router.use('/:isbn/reviews', reviews);

module.exports = router;
