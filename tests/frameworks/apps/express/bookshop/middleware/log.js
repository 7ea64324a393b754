exports.requestLog = function requestLog(req, res, next) {
  console.log(req.method, req.originalUrl);
  next();
};
