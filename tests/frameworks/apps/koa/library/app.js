const Koa = require('koa');
const Router = require('@koa/router');
const { failures, signedIn } = require('./guards');
const books = require('./routes/books');
const members = require('./routes/members');

const app = new Koa();
const api = new Router({ prefix: '/api' });

app.use(failures);

api.get('health', '/health', function health(ctx) {
  ctx.body = { ok: true };
});
api.use('/books', books.routes(), books.allowedMethods());
api.use(['/members', '/staff'], signedIn, members.routes());
api.redirect('/catalogue', '/api/books');
api.register('/import', ['post', 'put'], [signedIn, importBooks]);
api.all('/echo', (ctx) => {
  ctx.body = { method: ctx.method };
});

// Registered after the router was nested: it is not part of `api`.
books.get('/late', (ctx) => {
  ctx.body = 'nobody gets this';
});

async function importBooks(ctx) {
  ctx.status = 202;
}

app.use(api.routes());
app.use(api.allowedMethods());

if (require.main === module) app.listen(process.env.PORT || 3000);

module.exports = app;
