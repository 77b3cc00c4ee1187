// SPDX-License-Identifier: Apache-2.0
//
// Two real OpenID providers on loopback, each on a port that the system chooses: the one that the policy trusts,
// and a stranger who knows the same people. Prints one line of JSON, {"issuer", "stranger"}, when both listen.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';

export const API = 'https://api.shop.example';

// What the provider knows of its people and services, and says in their access tokens.
const PEOPLE = {
  ada: { email: 'ada@shop.example', groups: ['platform-admins', 'everybody'] },
  ben: { email: 'ben@shop.example', groups: ['everybody'], roles: ['editor'] },
  cleo: { email: 'cleo@shop.example', groups: ['everybody'], roles: ['viewer'] },
};
const SERVICES = { 'nightly-reports': { roles: ['reporter'] } };

const CLIENTS = [
  {
    client_id: 'shop-web',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback'],
  },
  {
    client_id: 'nightly-reports',
    client_secret: 'a secret of the demo',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  },
];

function signingKeys() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return { keys: [{ ...rsa, use: 'sig', alg: 'RS256' }, { ...ec, use: 'sig', alg: 'ES256' }] };
}

function configuration() {
  return {
    clients: CLIENTS,
    jwks: signingKeys(),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600 },
    findAccount: (_context, id) => PEOPLE[id] && { accountId: id, claims: () => ({ sub: id }) },
    extraTokenClaims: (_context, token) => PEOPLE[token.accountId] ?? SERVICES[token.clientId],
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, _resource, client) => ({
          audience: API,
          scope: 'orders.read orders.write reports.write',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3600,
          // People's tokens are signed by one key of the provider, services' by the other.
          jwt: { sign: { alg: client.clientId === 'shop-web' ? 'RS256' : 'ES256' } },
        }),
      },
    },
  };
}

// Listens first: the issuer's name holds the port that the system gave.
async function startProvider() {
  const server = http.createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration()).callback());
  return issuer;
}

const [issuer, stranger] = [await startProvider(), await startProvider()];
console.log(JSON.stringify({ issuer, stranger }));
