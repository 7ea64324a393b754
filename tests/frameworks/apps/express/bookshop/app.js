const fs = require('fs');
const path = require('path');
const express = require('express');
const { requestLog } = require('./middleware/log');
const handleErrors = require('./middleware/errors');

const app = express();
app.disable('x-powered-by');
app.use(requestLog, express.json({ limit: '50kb' }));

// Each file of routes/ is mounted under its own name.
const folder = path.join(__dirname, 'routes');
fs.readdirSync(folder)
  .filter((file) => file.endsWith('.js') && file !== 'reviews.js')
  .forEach((file) => {
    const name = path.basename(file, '.js');
    app.use(`/api/${name}`, require(path.join(folder, file)));
  });

app.get(['/', '/about'], (req, res) => res.json({ shop: 'Bookshop' }));
app.use(handleErrors);

module.exports = app;
