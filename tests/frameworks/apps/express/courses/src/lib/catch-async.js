/** Hands what an asynchronous handler throws to the error handlers. */
export const catchAsync =
  (handler) =>
  (...parameters) =>
    Promise.resolve(handler(...parameters)).catch(parameters[parameters.length - 1]);

export function timed(name, handler) {
  return async function measured(request, response, next) {
    const start = Date.now();
    await handler(request, response, next);
    console.log(name, Date.now() - start);
  };
}
