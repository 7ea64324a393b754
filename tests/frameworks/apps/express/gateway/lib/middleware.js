const seen = new Map();

exports.limit = function limit(req, res, next) {
  const count = (seen.get(req.ip) || 0) + 1;
  seen.set(req.ip, count);
  if (count > 1000) return res.sendStatus(429);
  next();
};

exports.tenant = function tenant(req, res, next) {
  if (!req.get('x-tenant')) return res.status(400).json({ message: 'Which tenant?' });
  next();
};
