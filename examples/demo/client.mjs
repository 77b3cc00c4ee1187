// SPDX-License-Identifier: Apache-2.0
//
// Obtains tokens as applications do: discovery, authorization code with PKCE for a person, client credentials for
// a service, and the provider's key set.

import { createHash, randomBytes } from 'node:crypto';

async function expectOk(response) {
  if (!response.ok) throw new Error(`${response.status} from ${response.url}: ${(await response.text()).slice(0, 300)}`);
  return response;
}

export async function discover(issuer) {
  const metadata = await (await expectOk(await fetch(`${issuer}/.well-known/openid-configuration`))).json();
  if (metadata.issuer !== issuer) throw new Error(`${issuer} says that it is ${metadata.issuer}`);
  return metadata;
}

export async function fetchKeys(metadata) {
  return (await expectOk(await fetch(metadata.jwks_uri))).text();
}

async function requestToken(metadata, fields, headers = {}) {
  const response = await fetch(metadata.token_endpoint, { method: 'POST', headers, body: new URLSearchParams(fields) });
  return (await (await expectOk(response)).json()).access_token;
}

export function serviceToken(metadata, id, secret, scope, resource) {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  return requestToken(metadata, { grant_type: 'client_credentials', scope, resource }, { authorization: `Basic ${basic}` });
}

// Plays the browser: follows redirects, keeps cookies, fills in the provider's forms (sign in, then consent), and
// stops at the redirect to the application, whose URL it returns.
async function signIn(url, redirectUri, login) {
  const cookies = new Map();
  let request = { url, method: 'GET' };
  for (let step = 0; step < 20; step++) {
    const response = await fetch(request.url, {
      method: request.method,
      body: request.body,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value) cookies.set(name, value); else cookies.delete(name);
    }
    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, request.url).href;
      if (next.startsWith(redirectUri)) return new URL(next);
      request = { url: next, method: 'GET' };
      continue;
    }
    const page = await (await expectOk(response)).text();
    const action = page.match(/<form[^>]* action="([^"]+)"/)?.[1];
    const prompt = page.match(/name="prompt" value="([^"]+)"/)?.[1];
    if (!action || !prompt) throw new Error(`no form that the demo knows at ${request.url}`);
    const fields = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    request = { url: new URL(action, request.url).href, method: 'POST', body: new URLSearchParams(fields) };
  }
  throw new Error(`${login} was sent round in circles`);
}

export async function personToken(metadata, login, scope, resource) {
  const redirectUri = 'http://127.0.0.1/callback';
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const url = new URL(metadata.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: 'shop-web', response_type: 'code', redirect_uri: redirectUri, scope: `openid ${scope}`, resource, state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const answer = (await signIn(url.href, redirectUri, login)).searchParams;
  if (answer.get('state') !== state || !answer.get('code')) throw new Error(`${login} got no code: ${answer}`);
  return requestToken(metadata, {
    grant_type: 'authorization_code', client_id: 'shop-web', redirect_uri: redirectUri, resource,
    code: answer.get('code'), code_verifier: verifier,
  });
}
