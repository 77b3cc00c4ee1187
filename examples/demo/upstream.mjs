// SPDX-License-Identifier: Apache-2.0
//
// The shop's API as the demo needs it: answers with what it received. GET /orders/archive is a long download whose
// second half waits until it is told to go on.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';

const PART = Buffer.alloc(1 << 20, 'all the orders of the year\n');
const PARTS = 32;

export const archive = {
  length: PART.length * PARTS,
  hash: Array.from({ length: PARTS }).reduce((hash) => hash.update(PART), createHash('sha256')).digest('hex'),
};

// Returns {url, seen, goOn, close}: `seen` has each request by its X-Request-ID, as {method, target, headers} with
// every header field in the order of its arrival.
export async function startUpstream() {
  const seen = new Map();
  let goOn;
  const released = new Promise((resolve) => { goOn = resolve; });

  async function* download() {
    for (let i = 0; i < PARTS; i++) {
      if (i === PARTS / 2) await released;
      yield PART;
    }
  }

  const server = http.createServer((request, response) => {
    const { method, url: target, rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1]]]));
    seen.set(request.headers['x-request-id'], { method, target, headers });
    request.resume();
    if (method === 'GET' && target === '/orders/archive') {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': archive.length });
      Readable.from(download()).pipe(response);
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method, target, headers }));
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const close = () => { server.close(); server.closeAllConnections(); };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, goOn, close };
}
