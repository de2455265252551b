// Requests as miners are sent them: bodies as Python's json writes them, and
// signatures that polkadot.js verifies of the message it builds by itself.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { stringToU8a } from '@polkadot/util';
import { decodeAddress, encodeAddress, sr25519Verify } from '@polkadot/util-crypto';
import { randomOf } from './random.mjs';
import { test } from './tap.mjs';

const REQUESTS = 1000;
const LETTERS = [...'abc XYZ09"\\/\b\f\n\r\t\u0001\u007f&<>\'éß世☕😀\u2028'];
const PYTHON = [
  'import json, sys',
  'for line in sys.stdin:',
  '    print(json.dumps(json.loads(json.loads(line)), separators=(",", ":")))',
].join('\n');

// JSON as text, so that 4.0 stays 4.0; names of an object are all different.
function randomValue(random, depth) {
  const text = () => random.list(random.below(12), () => random.pick(LETTERS)).join('');
  const real = () => {
    const view = new DataView(random.bytes(8).buffer);
    return Number.isFinite(view.getFloat64(0)) ? view.getFloat64(0) : 0.5;
  };
  const asReal = (x) => (Number.isInteger(x) && Math.abs(x) < 1e21 ? `${x}.0` : `${x}`);
  const leaves = [
    () => JSON.stringify(text()),
    () => `${BigInt.asIntN(64, random.bits(64))}`,
    () => asReal(real()),
    () => asReal((random.below(2000000) - 1000000) / random.pick([1, 2, 3, 7, 10, 1000])),
    () => asReal(2 ** (random.below(140) - 70)),
    () => random.pick(['true', 'false', 'null']),
  ];
  if (depth === 0 || random.below(3) > 0) return random.pick(leaves)();
  const n = random.below(5);
  if (random.below(2) === 0) return `[${random.list(n, () => randomValue(random, depth - 1)).join(', ')}]`;
  return `{${random.list(n, (i) => `${JSON.stringify(`${text()}${i}`)}: ${randomValue(random, depth - 1)}`).join(', ')}}`;
}

function randomPayload(random) {
  const n = 1 + random.below(8);
  return `{${random.list(n, (i) => `"k${i}": ${randomValue(random, 3)}`).join(', ')}}`;
}

// What Python makes of each.
function pythons(payloads) {
  const input = payloads.map((p) => `${JSON.stringify(p)}\n`).join('');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', PYTHON], { input, encoding: 'utf8', maxBuffer: 1 << 27 });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

function verifies(request, signedFor, timestamp) {
  const digest = createHash('sha256').update(request.body, 'utf8').digest('hex');
  const message = `${digest}.${request.uuid}.${timestamp}.${signedFor}`;
  return sr25519Verify(stringToU8a(message), request.signature, decodeAddress(request.signed_by));
}

async function requests(offline) {
  const random = randomOf(8000);
  const payloads = random.list(REQUESTS, () => randomPayload(random));
  const bodies = pythons(payloads);
  let good = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const signedFor = random.below(10) === 0 ? '' : encodeAddress(random.hex(32), 42);
    const timestamp = 1700000000000 + random.below(1 << 30);
    const suri = `//Validator${random.below(50)}`;
    const request = await offline.ask('epistula', { suri, payload: payloads[i], signed_for: signedFor, timestamp });
    assert.equal(request.body, bodies[i]);
    assert.match(request.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(verifies(request, signedFor, timestamp), true, payloads[i]);
    assert.equal(verifies(request, signedFor, timestamp + 1), false);
    assert.equal(verifies({ ...request, body: `${request.body} ` }, signedFor, timestamp), false);
    good += 1;
  }
  return `epistula ${good} of ${REQUESTS}`;
}

export function epistulaTests(offline) {
  test('requests are signed, and their bodies are as Python writes them', () => requests(offline));
}
