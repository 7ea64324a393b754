const http = require('http');
const express = require('express');
const database = require('./lib/database');
const { limit, tenant } = require('./lib/middleware');

const app = express();
app.locals.title = 'Gateway';
app.set('trust proxy', 1);
app.use(limit);

// Routes that need the database are registered when it is there.
database.connect().then(() => {
  require('./versions')(app, ['v1', 'v2']);
  app.use('/admin', require('./admin'));

  const partners = express.Router();
  partners.use(tenant);
  partners.get('/partners/:partner', (req, res) => res.json({ partner: req.params.partner }));
  app.use(partners);

  // What comes after a router without a path has run through that router's middleware.
  app.get('/usage', function usage(req, res) {
    res.json({ tenant: req.get('x-tenant') });
  });
  app.use('/status', function status(req, res) {
    res.json({ ok: true });
  });

  if (process.env.PREVIEW) {
    app.get('/preview', (req, res) => res.json({ preview: true }));
  }
  app.use(process.env.INTERNAL_PATH, express.Router().get('/jobs', (req, res) => res.json([])));
  app.use(function notFound(req, res) {
    res.status(404).json({ message: `Nothing at ${req.path}` });
  });
  // eslint-disable-next-line no-unused-vars
  app.use(function failed(error, req, res, next) {
    res.status(500).json({ message: error.message });
  });
});

const server = http.createServer(app);
if (require.main === module) server.listen(process.env.PORT || 3000);

module.exports = app;
