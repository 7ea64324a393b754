module.exports = function handleErrors(error, req, res, next) {
  if (res.headersSent) return next(error);
  res.status(error.status || 500).json({ message: error.message });
};
