const express = require('express');
const maps = require('./maps');

const app = express();

app.use('/tiles{/:layer}', function layered(req, res, next) {
  res.set('x-layer', req.params.layer || 'base');
  if (req.query.forbidden) return res.sendStatus(403);
  next();
});
app.get('/tiles/:layer/:z/:x/:y.png', (req, res) => res.json(req.params));
app.get('/places{/:country}', (req, res) => res.json(req.params));
app.get('/routes/:from-:to', (req, res) => res.json(req.params));
app.get('/download/*file', (req, res) => res.json(req.params));
app.get('/legend{.:format}', (req, res) => res.json(req.params));
app.use('/maps', maps);
app.get('/{*any}', function notFound(req, res) {
  res.status(404).send('Off the map');
});

module.exports = app;
