import type { RequestHandler } from 'express';

const posted = /^\/token(?:\/introspection|\/revocation)?$/;

/** The token endpoint and its sisters take POST alone (RFC 6749 3.2, RFC 7009, RFC 7662); who asks otherwise is told so in OAuth's own form. Preflights pass. */
export const tokenByPost: RequestHandler = (request, response, next) => {
  if (request.method === 'POST' || request.method === 'OPTIONS' || !posted.test(request.path)) return next();
  response.status(405).set({ Allow: 'POST', 'Cache-Control': 'no-store' }).json({ error: 'invalid_request', error_description: 'this address takes POST with a form' });
};
