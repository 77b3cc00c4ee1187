// SPDX-License-Identifier: Apache-2.0
//
// Obtains tokens as applications do: discovery, authorization code with PKCE for a person, client credentials for
// a service, and the provider's key set.

import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';

// Sends a request, with `form` as its body where there is one, and follows no redirect. (Not fetch: Debian 12's cannot tell
// cookies apart.)
function send(url, { form, headers = {} } = {}) {
  const body = form && new URLSearchParams(form).toString();
  if (body) headers = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: body ? 'POST' : 'GET', headers }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ url, status: response.statusCode, headers: response.headers, text });
    });
    request.setTimeout(10_000, () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', reject).end(body);
  });
}

async function sendOk(url, options) {
  const response = await send(url, options);
  if (response.status !== 200) throw new Error(`${response.status} from ${url}: ${response.text.slice(0, 300)}`);
  return response.text;
}

export async function discover(issuer) {
  const metadata = JSON.parse(await sendOk(`${issuer}/.well-known/openid-configuration`));
  if (metadata.issuer !== issuer) throw new Error(`${issuer} says that it is ${metadata.issuer}`);
  return metadata;
}

export function fetchKeys(metadata) {
  return sendOk(metadata.jwks_uri);
}

async function requestToken(metadata, form, headers) {
  return JSON.parse(await sendOk(metadata.token_endpoint, { form, headers })).access_token;
}

export function serviceToken(metadata, id, secret, scope, resource) {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  return requestToken(metadata, { grant_type: 'client_credentials', scope, resource }, { authorization: `Basic ${basic}` });
}

// Plays the browser: follows redirects, keeps cookies, fills in the provider's forms (sign in, then consent), and
// stops at the redirect to the application, whose URL it returns.
async function signIn(url, redirectUri, login) {
  const cookies = new Map();
  let form;
  for (let step = 0; step < 20; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await send(url, { form, headers: { cookie } });
    for (const line of response.headers['set-cookie'] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value) cookies.set(name, value); else cookies.delete(name);
    }
    if (response.headers.location) {
      url = new URL(response.headers.location, url).href;
      form = undefined;
      if (url.startsWith(redirectUri)) return new URL(url);
      continue;
    }
    const action = response.text.match(/<form[^>]* action="([^"]+)"/)?.[1];
    const prompt = response.text.match(/name="prompt" value="([^"]+)"/)?.[1];
    if (!action || !prompt) throw new Error(`no form that the demo knows at ${url}: ${response.status}`);
    url = new URL(action, url).href;
    form = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
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
