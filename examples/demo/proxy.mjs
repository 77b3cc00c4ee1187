// SPDX-License-Identifier: Apache-2.0
//
// The second part of the demo: the same people send real requests by curl, over TLS, through the reference proxy.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { faint, heading, line, report } from './report.mjs';
import { row } from './requests.mjs';
import { archive, startUpstream } from './upstream.mjs';

const run = promisify(execFile);
const NAMES = ['api.shop.example', 'intranet.example'];
const SUBJECTS = { ada: 'ada', ben: 'ben', cleo: 'cleo', service: 'nightly-reports' };
const PATIENCE = 60_000;

// Waits until `condition` gives something, and returns it.
async function eventually(what, condition) {
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`did not come to pass: ${what}`);
}

// An authority of the demo's own, and a certificate of the proxy's names.
async function makeCertificates(work) {
  const file = (name) => path.join(work, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const authority = ['-subj', '/CN=The authority of the demo', '-keyout', file('ca.key'), '-out', file('ca.pem')];
  await run('openssl', ['req', '-x509', ...newKey, ...authority]);
  await run('openssl', ['req', ...newKey, '-subj', `/CN=${NAMES[0]}`, '-keyout', file('server.key'), '-out', file('server.csr')]);
  writeFileSync(file('server.ext'), `subjectAltName=${NAMES.map((name) => `DNS:${name}`)}\n`);
  await run('openssl', ['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial',
    '-days', '2', '-extfile', file('server.ext'), '-out', file('server.crt')]);
}

function configuration({ issuer, keysFile, upstream, work }) {
  return `listeners:
  - address: 127.0.0.1:0
    certificates: [{chain: server.crt, key: server.key}]
policy: served.yaml
keys: {"${issuer}": "${keysFile}"}
upstream: {servers: ["${upstream.url}"]}
audit: {file: "${path.join(work, 'audit.jsonl')}"}
watch_interval: 100ms
`;
}

// Starts the proxy; returns {port, said, stop}: `said` are the lines that it wrote, and stop() gives its exit status.
async function startProxy(program, file) {
  const child = spawn(program, [file], { stdio: ['ignore', 'inherit', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  const said = [];
  const lines = createInterface({ input: child.stderr });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    lines.on('line', (text) => {
      said.push(text);
      if (text === 'doorward-proxy: ready') resolve();
    });
    ended.then((status) => reject(new Error(`doorward-proxy ended with ${status}\n${said.join('\n')}`)));
  });
  const port = said.join('\n').match(/listening on [^\s]*:(\d+) /)[1];
  const stop = () => { child.kill('SIGTERM'); return ended; };
  return { port, said, stop };
}

// Arguments of curl for a row of the demo.
function curlArguments({ work, port }, { method, host, target, headers }, id) {
  const fields = Object.entries({ ...headers, 'X-Request-ID': id }).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  return ['--silent', '--show-error', '--max-time', PATIENCE / 1000, '--path-as-is', '--globoff', '--cacert', path.join(work, 'ca.pem'),
    '--connect-to', `${host}:443:127.0.0.1:${port}`, '--request', method, ...fields, `https://${host}${target}`].map(String);
}

async function send(site, request, id) {
  const { stdout } = await run('curl', [...curlArguments(site, request, id), '--write-out', '\n%{http_code}']);
  return Number(stdout.slice(stdout.lastIndexOf('\n') + 1));
}

// The decision's line in the audit log.
function audited(site, id) {
  const file = path.join(site.work, 'audit.jsonl');
  return eventually(`a line of ${id} in the audit log`, () => existsSync(file) && readFileSync(file, 'utf8').split('\n').slice(0, -1)
    .map((text) => JSON.parse(text)).find((entry) => entry.event === 'decision' && entry.request_id === id));
}

const identity = (received) => received.headers.filter(([name]) => /^x[-_.]user[-_.]/i.test(name)).map(([name, value]) => `${name}: ${value}`);

// What the upstream must have seen: nothing of a refused request; of others the canonical target and the true identity.
function sawAsExpected(received, { who, request, expected }) {
  if (!expected.allowed) return received === undefined;
  const email = `X-User-Email: ${who}@shop.example`;
  const wanted = who === 'nobody' ? [] : [`X-User-ID: ${SUBJECTS[who]}`, ...(who === 'service' ? [] : [email])];
  return received?.method === request.method && received.target === request.target && identity(received).join() === wanted.join();
}

const COLUMNS = [['#', 2], ['who', 7], ['request', 30], ['decision', 9], ['rule', 16], ['reason', 20], ['the upstream saw', 50]];

async function show(site, asked, number) {
  const { who, request, expected } = asked;
  const id = `demo-${number}`;
  const status = await send(site, request, id);
  const entry = await audited(site, id);
  const received = site.upstream.seen.get(id);
  const saw = received ? `${received.method} ${received.target} ${identity(received)[0] ?? 'nobody'}` : 'nothing';
  const cells = [number, who, `${request.method} ${request.target}`, `${entry.outcome} ${status}`, entry.rule ?? '-', entry.reason, saw];
  const ok = status === expected.status && entry.rule === expected.rule && entry.reason === expected.reason && sawAsExpected(received, asked);
  report(ok, line(COLUMNS, cells), `     expected ${JSON.stringify(expected)}\n     audited ${JSON.stringify(entry)}\n     received ${JSON.stringify(received)}`);
  for (const name of Object.keys(expected.set_headers ?? {})) {
    const [sent] = Object.entries(request.headers).filter(([other]) => other.replaceAll('_', '-').toLowerCase() === name.toLowerCase());
    console.log(`${' '.repeat(13)}sent as ${sent.join(': ')}; the upstream got ${identity(received).find((field) => field.startsWith(name))}`);
  }
}

// Puts a policy in the place of the one that is served, in one step.
function serve(site, file) {
  const fresh = path.join(site.work, 'served.new');
  writeFileSync(fresh, readFileSync(file));
  renameSync(fresh, path.join(site.work, 'served.yaml'));
}

async function hashOf(file) {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

// A reload changes an answer while a download goes on that began before it.
async function showReload(site, { changed, slip, tokens }, number) {
  const file = path.join(site.work, 'archive.txt');
  const archived = row('ben', '', 'GET', '/orders/archive', tokens.ben, [200, 'allowed', 'orders-read']);
  const download = run('curl', [...curlArguments(site, archived.request, 'demo-download'), '--output', file]);
  const begun = await eventually('the download begins', () => existsSync(file) && statSync(file).size);
  console.log(`ben downloads /orders/archive: ${begun} octets so far`);

  serve(site, changed);
  const changing = (target) => row('cleo', '', 'PUT', target, tokens.cleo, [200, 'allowed', 'orders-write']);
  await eventually('the new policy is in force', async () => await send(site, changing('/orders/16').request, 'demo-poll') === 200);
  await show(site, changing('/orders/17'), number);

  const before = site.said.length;
  serve(site, slip);
  const told = await eventually('the slip is told', () => site.said.slice(before).find((text) => text.includes('edtior')));
  console.log(`a policy with a slip is told: ${told.replaceAll(site.work + path.sep, '')}`);
  await show(site, changing('/orders/18'), number + 1);

  site.upstream.goOn();
  await download;
  const whole = statSync(file).size === archive.length && await hashOf(file) === archive.hash;
  report(whole, `the download ended: ${statSync(file).size} octets, SHA-256 ${await hashOf(file)}`, `expected ${JSON.stringify(archive)}`);
}

export async function showProxy({ proxy, work, issuer, keysFile, policy, changed, slip, tokens, rows }) {
  heading('The same over TLS, through the reference proxy');
  await makeCertificates(work);
  const upstream = await startUpstream();
  serve({ work }, policy);
  const file = path.join(work, 'proxy.yaml');
  writeFileSync(file, configuration({ issuer, keysFile, upstream, work }));
  const running = await startProxy(proxy, file);
  const site = { work, upstream, ...running };
  console.log(`doorward-proxy listens on port ${site.port}, the upstream at ${upstream.url}`);
  console.log(faint(line(COLUMNS)));
  // What would be decided at another time cannot be asked of a clock.
  const now = rows.filter(({ request }) => !request.now);
  for (const [i, asked] of now.entries()) await show(site, asked, i + 1);

  heading('The policy changes again, under a long download');
  await showReload(site, { changed, slip, tokens }, now.length + 1);
  const status = await site.stop();
  report(status === 0, `doorward-proxy ended when it was told to: exit status ${status}`, site.said.join('\n'));
  upstream.close();
}
