export function signedIn(request, response, next) {
  if (!request.headers.authorization) return response.sendStatus(401);
  request.student = { name: request.headers.authorization };
  return next();
}

export const owns = (kind) =>
  function ownsIt(request, response, next) {
    if (request.student.kind !== kind) return next(new Error('Not yours'));
    return next();
  };
