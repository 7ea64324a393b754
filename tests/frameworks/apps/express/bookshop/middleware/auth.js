function authenticate(req, res, next) {
  const token = req.get('authorization');
  if (!token) return res.status(401).json({ message: 'Sign in first' });
  req.user = { name: token };
  next();
}

const requireRole = (role) => (req, res, next) => {
  if (req.user.role !== role) return next(Object.assign(new Error('Not allowed'), { status: 403 }));
  return next();
};

module.exports = { authenticate, requireRole };
