const { Router } = require('express');

const operations = [
  { verb: 'get', path: '/', run: (req, res) => res.json([]) },
  { verb: 'put', path: '/:number', run: (req, res) => res.sendStatus(204) },
  { verb: 'delete', path: '/:number', run: (req, res) => res.sendStatus(204) },
];

exports.path = 'invoices';
exports.build = () => operations.reduce((router, { verb, path, run }) => router[verb](path, run), Router());
