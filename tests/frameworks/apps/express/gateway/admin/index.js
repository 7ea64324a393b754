const express = require('express');

const admin = express();

function staffOnly(req, res, next) {
  if (req.get('x-staff') !== 'yes') return res.sendStatus(403);
  next();
}

admin.use(staffOnly);
admin.get('/', (req, res) => res.json({ title: req.app.locals.title }));
admin.route('/flags/:flag').get((req, res) => res.json({ on: false })).post((req, res) => res.sendStatus(204));

module.exports = admin;
