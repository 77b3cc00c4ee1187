// SPDX-License-Identifier: Apache-2.0
//
// The requests of the demo, each with the answer that it must get.

import { createHmac, createPublicKey } from 'node:crypto';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// Another's claims under the signature of this token.
function tampered(token, claims) {
  const [header, , signature] = token.split('.');
  return [header, base64url({ ...claimsOf(token), ...claims }), signature].join('.');
}

function unsigned(token) {
  return `${base64url({ alg: 'none', typ: 'at+jwt' })}.${token.split('.')[1]}.`;
}

// The old trick: the provider's public key, which everybody has, taken for a secret.
function signedWithPublicKey(token, keys) {
  const rsa = JSON.parse(keys).keys.find((key) => key.kty === 'RSA');
  const secret = createPublicKey({ key: rsa, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const input = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: rsa.kid })}.${token.split('.')[1]}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

// Rows: who, what is shown, method, target, the token or null, the expected [status, reason, rule], and what else a row has.
export function demoRequests(tokens, keys) {
  const { ada, ben, benReading, cleo, service, stranger } = tokens;
  const later = claimsOf(ben).exp + 3600;
  const allowed = (rule) => [200, 'allowed', rule];
  const refused = (status, reason, rule = null) => [status, reason, rule];
  return [
    row('cleo', 'a viewer reads', 'GET', '/orders/17?expand=lines', cleo, allowed('orders-read'), { path: '/orders/17' }),
    row('cleo', 'the role is missing', 'PUT', '/orders/17', cleo, refused(403, 'default_deny')),
    row('ben', 'role and scope are there', 'PUT', '/orders/17', ben, allowed('orders-write')),
    row('ben', 'the scope is missing', 'PUT', '/orders/17', benReading, refused(403, 'insufficient_scope')),
    row('ben', 'no administrator', 'GET', '/admin/users', ben, refused(403, 'default_deny')),
    row('ada', 'administrator by group', 'GET', '/admin/users', ada, allowed('administration')),
    row('ada', 'inherits the editor', 'DELETE', '/orders/17', ada, allowed('orders-write')),
    row('ada', 'a deny rule wins', 'PUT', '/admin/invoices/7', ada, refused(403, 'denied_by_rule', 'books-are-closed')),
    row('service', 'does its one job', 'PUT', '/reports/2026-01-31', service, allowed('reports-write')),
    row('service', 'and no other', 'GET', '/orders', service, refused(403, 'default_deny')),
    row('nobody', 'no token', 'GET', '/orders', null, refused(401, 'no_token')),
    row('nobody', 'a webhook needs none', 'POST', '/hooks/payments', null, allowed('payment-webhook')),
    row('ben', 'an old token, two hours later', 'GET', '/orders', ben, refused(401, 'token_expired'), { now: later }),
    row('ben', 'a webhook minds no old token', 'POST', '/hooks/payments', ben, allowed('payment-webhook'), { now: later, subject: '' }),
    row('mallory', 'claims changed', 'GET', '/admin/users', tampered(ben, { groups: ['platform-admins'] }), refused(401, 'token_signature')),
    row('mallory', 'signature left out', 'GET', '/admin/users', unsigned(ada), refused(401, 'token_algorithm')),
    row('mallory', 'signed with the public key', 'GET', '/admin/users', signedWithPublicKey(ada, keys), refused(401, 'token_algorithm')),
    row('mallory', "another provider's token", 'GET', '/admin/users', stranger, refused(401, 'token_issuer_unknown')),
    row('ben', 'forged identity headers', 'GET', '/orders', ben, allowed('orders-read'), {
      headers: { 'X-User-ID': 'ada', x_user_email: 'ada@shop.example' },
      set_headers: { 'X-User-ID': 'ben', 'X-User-Email': 'ben@shop.example' },
      remove_headers: ['X-User-ID', 'x_user_email'],
    }),
    row('ben', 'a forged routing header', 'GET', '/admin/users', ben, refused(403, 'default_deny'), { headers: { 'X-Original-URL': '/orders' } }),
    row('ben', 'a path parameter', 'GET', '/orders/..;/admin/users', ben, refused(400, 'bad_path')),
    row('ben', 'encoded dots', 'GET', '/orders/%2e%2e/admin/users', ben, refused(400, 'bad_segment')),
    row('ben', 'an encoded slash', 'GET', '/admin%2Fusers', ben, refused(400, 'bad_path')),
    row('ada', 'a host not served', 'GET', '/orders', ada, refused(421, 'misdirected'), { host: 'intranet.example' }),
  ];
}

// A row for doorward eval, and what it must answer.
export function row(who, shows, method, target, token, [status, reason, rule], more = {}) {
  const { headers, now, host = 'api.shop.example', ...expected } = more;
  const request = { method, host, target, headers: { ...headers } };
  if (token) request.headers.Authorization = `Bearer ${token}`;
  if (now) request.now = now;
  return { who, shows, request, expected: { allowed: status === 200, status, reason, rule, ...expected } };
}
