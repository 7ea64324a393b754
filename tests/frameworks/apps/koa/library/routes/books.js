const Router = require('@koa/router');
const { allowed, signedIn } = require('../guards');

const router = new Router();
const books = new Map();

router.param('isbn', async function loadBook(isbn, ctx, next) {
  ctx.state.book = books.get(isbn);
  if (!ctx.state.book) return (ctx.status = 404);
  return next();
});

router.get('/', list);
router.get('newest', '/newest', list);
router.get(['/by/:author', '/about/:subject'], search);
router.get('/:isbn', (ctx) => {
  ctx.body = ctx.state.book;
});
router.use(signedIn);
router.post('/', create).del('/:isbn', allowed('librarian'), async function withdraw(ctx) {
  books.delete(ctx.params.isbn);
  ctx.status = 204;
});
router.put('/:isbn/copies/:copy', async function lend(ctx) {
  ctx.body = ctx.params;
});

async function list(ctx) {
  ctx.body = [...books.values()];
}

async function search(ctx) {
  ctx.body = [...books.values()].filter((book) => book.author === ctx.params.author);
}

async function create(ctx) {
  ctx.status = 201;
}

module.exports = router;
