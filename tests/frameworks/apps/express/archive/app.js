const express = require('express');
const papers = require('./papers');

const app = express();
app.set('strict routing', true);
app.enable('case sensitive routing');

app.all('/staff/*', function staff(req, res, next) {
  if (!req.get('x-staff')) return res.sendStatus(403);
  next();
});

app.get('/', (req, res) => res.send('Archive'));
app.get('/index/', (req, res) => res.send('Index'));
app.get('/search', (req, res) => res.json([]));
app.get('/shelves/:shelf?', (req, res) => res.json({ shelf: req.params.shelf }));
app.get('/boxes/:box(\\d+)', (req, res) => res.json({ box: req.params.box }));
app.get('/boxes/:from(\\d+)-:to(\\d+)', (req, res) => res.json(req.params));
app.get('/scans/:name.:format(png|jpg)', (req, res) => res.json(req.params));
app.get('/files/*', (req, res) => res.json({ file: req.params[0] }));
app.get('/:lang(en|fr)/help', (req, res) => res.send('Help'));
app.get(/^\/years\/(\d{4})$/, (req, res) => res.json({ year: req.params[0] }));
app.get(/^\/catalogue\/(?:old|new)\/([^\/]+)\/?$/, (req, res) => res.json(req.params));
app.get(/fly$/, (req, res) => res.send('Anything that flies'));
app.get('/ab(cd)?e', (req, res) => res.send('A regular expression in a path'));
app.post('/staff/loans', (req, res) => res.sendStatus(201));

app.use(['/papers', '/letters'], papers);

app.get('*', function notFound(req, res) {
  res.status(404).send('Not in the archive');
});

module.exports = app;
