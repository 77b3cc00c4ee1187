// SPDX-License-Identifier: Apache-2.0
//
// Puts real tokens of a real provider through `doorward eval`, and then through the proxy, and compares each answer
// with the expected one.
//
//   node demo.mjs COMMAND PROXY WORK_DIR ISSUER STRANGER     exit status 0: every answer was the expected one

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { discover, fetchKeys, personToken, serviceToken } from './client.mjs';
import { showProxy } from './proxy.mjs';
import { failures, faint, heading, line, report } from './report.mjs';
import { demoRequests, row } from './requests.mjs';

const API = 'https://api.shop.example';
const [command, proxy, work, issuer, stranger] = process.argv.slice(2);

function doorward(args, input) {
  const result = spawnSync(command, args, { input, encoding: 'utf8' });
  if (result.error) throw result.error;
  return result;
}

// Writes the policy into the work folder, with the provider's address and perhaps another edit in it; returns its path.
function writePolicy(name, from, to) {
  let text = readFileSync(new URL('policy.yaml', import.meta.url), 'utf8');
  for (const [old, now] of [['http://127.0.0.1:3000', issuer], ...(from ? [[from, to]] : [])]) {
    if (!text.includes(old)) throw new Error(`policy.yaml has no \`${old}\``);
    text = text.replace(old, now);
  }
  const file = path.join(work, name);
  writeFileSync(file, text);
  return file;
}

function evaluate(policy, keysFile, rows) {
  const lines = rows.map(({ request }, id) => `${JSON.stringify({ id, ...request })}\n`).join('');
  const result = doorward(['eval', policy, '--keys', `${issuer}=${keysFile}`], lines);
  const answers = result.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  if (result.status !== 0 || answers.length !== rows.length) {
    throw new Error(`doorward eval: status ${result.status}, ${answers.length} answers to ${rows.length} requests\n${result.stderr}`);
  }
  return answers;
}

// True if `answer` has all that `expected` names; headers compare without case.
function agrees(expected, answer) {
  return Object.entries(expected).every(([name, value]) => {
    if (name === 'set_headers') return includesHeaders(answer.set_headers, value);
    if (name === 'remove_headers') return value.every((header) => answer.remove_headers.includes(header));
    return isDeepStrictEqual(answer[name], value);
  });
}

function includesHeaders(headers, wanted) {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(wanted).every(([name, value]) => lower[name.toLowerCase()] === value);
}

const COLUMNS = [['#', 2], ['who', 7], ['request', 30], ['shows', 29], ['decision', 9], ['rule', 16], ['reason', 20]];

function show(rows, answers, first = 1) {
  rows.forEach(({ who, shows, request, expected }, i) => {
    const answer = answers[i];
    const decision = `${answer.allowed ? 'allow' : 'deny'} ${answer.status}`;
    const cells = [first + i, who, `${request.method} ${request.target}`, shows, decision, answer.rule ?? '-', answer.reason];
    const wanted = `     expected ${JSON.stringify(expected)}\n     answered ${JSON.stringify(answer)}`;
    report(agrees(expected, answer), line(COLUMNS, cells), wanted);
    for (const name of Object.keys(expected.set_headers ?? {})) {
      console.log(`${' '.repeat(13)}the upstream gets ${name}: ${answer.set_headers?.[name]}`);
    }
  });
}

async function obtainTokens(metadata) {
  const both = 'orders.read orders.write';
  return {
    ada: await personToken(metadata, 'ada', both, API),
    ben: await personToken(metadata, 'ben', both, API),
    benReading: await personToken(metadata, 'ben', 'orders.read', API),
    cleo: await personToken(metadata, 'cleo', both, API),
    service: await serviceToken(metadata, 'nightly-reports', 'a secret of the demo', 'reports.write', API),
    stranger: await personToken(await discover(stranger), 'ada', both, API),
  };
}

async function main() {
  const metadata = await discover(issuer);
  const keys = await fetchKeys(metadata);
  const keysFile = path.join(work, 'jwks.json');
  writeFileSync(keysFile, keys);
  const tokens = await obtainTokens(metadata);
  const policy = writePolicy('policy.yaml');
  console.log(`OpenID provider ${issuer} gave tokens to ada, ben, cleo and a service; keys from ${metadata.jwks_uri}`);

  heading('The policy loads');
  const checked = doorward(['check', policy]);
  report(checked.status === 0, `doorward check examples/demo/policy.yaml: exit status ${checked.status}`, checked.stderr + checked.stdout);

  heading('Requests');
  console.log(faint(line(COLUMNS)));
  const rows = demoRequests(tokens, keys);
  const answers = evaluate(policy, keysFile, rows);
  show(rows, answers);

  heading('Why was request 2 denied?');
  const question = JSON.stringify(rows[1].request);
  const explained = doorward(['explain', policy, '--keys', `${issuer}=${keysFile}`, '--request', '-'], question);
  console.log(explained.stdout.trim().replace(/^/gm, '  '));
  report(explained.status === 0 && explained.stdout.includes('with the role `editor`'), 'doorward explain', explained.stderr);

  heading('The policy changes: viewers may change orders too');
  const changed = writePolicy('changed.yaml', 'allow: [editor]', 'allow: [viewer]');
  const again = [row('cleo', 'was 403 above', 'PUT', '/orders/17', tokens.cleo, [200, 'allowed', 'orders-write'])];
  const newAnswers = evaluate(changed, keysFile, again);
  show(again, newAnswers, rows.length + 1);
  report(newAnswers[0].policy !== answers[0].policy, `revision ${answers[0].policy} became ${newAnswers[0].policy}`);

  heading('A policy with a slip does not load');
  const slip = writePolicy('slip.yaml', 'allow: [editor]', 'allow: [edtior]');
  const refused = doorward(['check', slip]);
  const said = (refused.stdout + refused.stderr).replaceAll(work + path.sep, '').trim();
  console.log(said.replace(/^/gm, '  '));
  const asExpected = refused.status === 2 && said.includes('edtior') && said.includes('`editor`');
  report(asExpected, `doorward check slip.yaml: exit status ${refused.status}`);

  await showProxy({ proxy, work, issuer, keysFile, policy, changed, slip, tokens, rows });

  console.log(failures() ? `\nnot as expected: ${failures()}` : '\nevery answer was the expected one');
  process.exitCode = failures() ? 1 : 0;
}

await main();
