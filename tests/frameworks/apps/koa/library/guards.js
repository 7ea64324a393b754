exports.failures = async function failures(ctx, next) {
  try {
    await next();
  } catch (error) {
    ctx.status = error.status || 500;
    ctx.body = { message: error.message };
  }
};

exports.signedIn = async function signedIn(ctx, next) {
  ctx.assert(ctx.get('authorization'), 401);
  await next();
};

exports.allowed = (role) => (ctx, next) => {
  if (ctx.state.role !== role) ctx.throw(403);
  return next();
};
