// Extrinsics with random weight vectors: built and signed here, taken apart
// and verified there, and the other way round, on every runtime.

import assert from 'node:assert/strict';
import { Keyring } from '@polkadot/keyring';
import { blake2AsU8a, sr25519Verify } from '@polkadot/util-crypto';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { randomOf } from './random.mjs';
import { readRuntime } from './runtimes.mjs';
import { test } from './tap.mjs';
import { asJson, plain, randomCall, weightCalls } from './weights.mjs';

const VECTORS = 1000;
const URIS = ['//Alice', '//Bob', '//Charlie/7', '//Dave///secret'];

// What an extrinsic is valid for; period 0 is immortal.
function randomEnv(random) {
  const period = random.pick([0, 4, 8, 16, 64, 128, 2048, 65536]);
  const genesis = random.hex(32);
  return {
    spec_version: random.u32(),
    transaction_version: random.u32(),
    nonce: Number(random.bits(32)),
    period,
    current: random.below(100000000),
    genesis,
    birth_hash: period > 0 ? random.hex(32) : genesis,
  };
}

function signingOptions(registry, env) {
  return {
    blockHash: env.birth_hash,
    genesisHash: env.genesis,
    era: env.period > 0
      ? registry.createType('ExtrinsicEra', { current: env.current, period: env.period })
      : registry.createType('ExtrinsicEra'),
    nonce: env.nonce,
    tip: 0,
    runtimeVersion: { specVersion: env.spec_version, transactionVersion: env.transaction_version, apis: [] },
    mode: 0,
    metadataHash: null,
  };
}

// The bytes that polkadot.js would sign for an extrinsic.
function signingBytes(registry, extrinsic, env) {
  const payload = registry.createType('ExtrinsicPayload', {
    ...signingOptions(registry, env),
    specVersion: env.spec_version,
    transactionVersion: env.transaction_version,
    method: extrinsic.method.toHex(),
  }, { version: 4 });
  const bytes = payload.toU8a({ method: true });
  return { bytes, signed: bytes.length > 256 ? blake2AsU8a(bytes) : bytes };
}

function assertCall(method, call) {
  assert.equal(method.section, 'subtensorModule');
  assert.equal(method.meta.name.toString(), call.name);
  const args = method.args.map((value) => plain(value));
  assert.deepEqual(args, call.fields.map((field) => plain(call.args[field])));
}

function assertEra(era, env) {
  if (env.period === 0) {
    assert.equal(era.isImmortalEra, true);
    return;
  }
  const { period, phase } = era.asMortalEra;
  assert.equal(period.toNumber(), env.period);
  const step = Math.max(1, env.period >> 12);
  assert.equal(phase.toNumber(), Math.floor((env.current % env.period) / step) * step);
}

// Ours to theirs.
async function read(offline, runtime, pairs, random, calls) {
  const { registry } = runtime;
  const env = randomEnv(random);
  const call = randomCall(calls, random);
  const suri = random.pick(URIS);
  const ours = await offline.ask('extrinsic', {
    ...env, suri, pallet: 'SubtensorModule', call: call.name, args: asJson(call.args),
  });
  const theirs = registry.createType('Extrinsic', ours.hex);
  assert.equal(theirs.toHex(), ours.hex);
  assert.equal(theirs.isSigned, true);
  assert.equal(theirs.type, 4);
  assert.equal(theirs.signer.toString(), pairs[suri].address);
  assert.equal(theirs.nonce.toNumber(), env.nonce);
  assert.equal(theirs.tip.toNumber(), 0);
  assert.equal(theirs.mode.toNumber(), 0);
  assert.equal(theirs.hash.toHex(), ours.hash);
  assertEra(theirs.era, env);
  assertCall(theirs.method, call);
  const { bytes, signed } = signingBytes(registry, theirs, env);
  assert.equal(u8aToHex(bytes), ours.payload);
  const signature = hexToU8a(theirs.signature.toHex());
  assert.equal(sr25519Verify(signed, signature, pairs[suri].publicKey), true);
  return call.name;
}

// Theirs to ours; one in ten has a tip, one in ten is spoilt.
async function write(offline, runtime, pairs, random, calls) {
  const { registry } = runtime;
  const env = randomEnv(random);
  const call = randomCall(calls, random);
  const pair = pairs[random.pick(URIS)];
  const options = signingOptions(registry, env);
  const luck = random.below(10);
  if (luck === 0) options.tip = random.bits(63) + 1n;
  const method = call.make(...call.fields.map((field) => call.args[field]));
  const theirs = registry.createType('Extrinsic', method, { version: 4 }).sign(pair, options);
  if (luck === 1) env.genesis = random.hex(32);
  const ours = await offline.ask('parse', { ...env, hex: theirs.toHex() });
  assert.equal(ours.pallet, 'SubtensorModule');
  assert.equal(ours.call, call.name);
  assert.deepEqual(plainArguments(ours.args, call), call.fields.map((field) => plain(call.args[field])));
  assert.equal(ours.signer, u8aToHex(pair.publicKey));
  assert.equal(ours.signature, theirs.signature.toHex());
  assert.equal(ours.hash, theirs.hash.toHex());
  assert.equal(ours.nonce, env.nonce);
  assert.equal(BigInt(ours.tip), BigInt(options.tip));
  assert.equal(ours.mode, 0);
  assert.equal(ours.period, env.period);
  if (env.period > 0) {
    const sent = registry.createType('ExtrinsicEra', options.era.toU8a());
    assert.equal(ours.phase, sent.asMortalEra.phase.toNumber());
  }
  assert.equal(ours.valid, luck > 1);
  return ours.valid;
}

function plainArguments(args, call) {
  assert.deepEqual(Object.keys(args).sort(), [...call.fields].sort());
  return call.fields.map((field) => plain(args[field]));
}

export function extrinsicTests(offline, runtimes) {
  const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
  const pairs = Object.fromEntries(URIS.map((suri) => [suri, keyring.addFromUri(suri)]));

  for (const [i, runtime] of runtimes.entries()) {
    test(`extrinsics of ours read there, of theirs here: ${runtime.name}`, async () => {
      const theirs = readRuntime(runtime);
      const { version, spec } = await offline.ask('metadata', { file: runtime.file });
      assert.equal(version, theirs.metadata.version);
      const random = randomOf(1000 + i);
      const calls = weightCalls(theirs.tx);
      const used = new Set();
      let valid = 0;
      for (let n = 0; n < VECTORS; n++) used.add(await read(offline, theirs, pairs, random, calls));
      for (let n = 0; n < VECTORS; n++) valid += await write(offline, theirs, pairs, random, calls);
      assert.equal(used.size, calls.length);
      return `spec ${spec}, V${version}: ${VECTORS} of ours verified there, ${VECTORS} of theirs read here ` +
        `(${valid} verified, ${VECTORS - valid} rightly not), ${calls.length} weight calls`;
    });
  }
}
