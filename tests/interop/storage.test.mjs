// Storage keys of every entry with random keys, and eras.

import assert from 'node:assert/strict';
import { TypeRegistry } from '@polkadot/types';
import { u8aToHex } from '@polkadot/util';
import { randomOf } from './random.mjs';
import { readRuntime } from './runtimes.mjs';
import { test } from './tap.mjs';

const PER_ENTRY = 4;
const ERAS = 2000;

// A value of the type out of random bytes; null if there was none in them.
function randomValue(registry, type, random) {
  for (let i = 0; i < 8; i++) {
    const bytes = random.bytes(200);
    // Short vectors and texts, low variants.
    if (random.below(2) === 0) bytes[0] = random.below(16);
    try {
      const value = registry.createType(registry.createLookupType(type), bytes);
      const again = registry.createType(registry.createLookupType(type), value.toU8a());
      if (u8aToHex(value.toU8a()) === u8aToHex(again.toU8a())) return value;
    } catch { /* not a value of it */ }
  }
  return null;
}

// Every entry that polkadot.js has, by prefix and name.
function entriesOf({ query }) {
  const all = Object.values(query).flatMap((section) => Object.values(section));
  return new Map(all.map((entry) => [`${entry.prefix}.${entry.meta.name}`, entry]));
}

function keyTypes(registry, item) {
  if (!item.type.isMap) return [];
  const { hashers, key } = item.type.asMap;
  if (hashers.length === 1) return [key];
  return [...registry.lookup.getSiType(key).def.asTuple];
}

async function compareEntry(offline, registry, pallet, item, entry, random) {
  const name = item.name.toString();
  const types = keyTypes(registry, item);
  let compared = 0;
  for (let i = 0; i < (types.length > 0 ? PER_ENTRY : 1); i++) {
    const values = types.map((type) => randomValue(registry, type, random));
    if (values.includes(null)) continue;
    const ours = await offline.ask('storage_key', {
      pallet, entry: name, keys: values.map((value) => u8aToHex(value.toU8a())),
    });
    const theirs = registry.createType('StorageKey', [entry, values]);
    assert.equal(ours.hex, theirs.toHex(), `${pallet}.${name}`);
    compared++;
  }
  return compared;
}

async function compareRuntime(offline, runtime, random) {
  const theirs = readRuntime(runtime);
  await offline.ask('metadata', { file: runtime.file });
  const all = entriesOf(theirs);
  let entries = 0;
  let left = 0;
  let keys = 0;
  for (const pallet of theirs.metadata.asLatest.pallets) {
    if (pallet.storage.isNone) continue;
    const { prefix, items } = pallet.storage.unwrap();
    for (const item of items) {
      const entry = all.get(`${prefix}.${item.name}`);
      const n = await compareEntry(offline, theirs.registry, pallet.name.toString(), item, entry, random);
      entries += n > 0;
      left += n === 0;
      keys += n;
    }
  }
  assert.ok(entries > 0 && left * 20 < entries, `${left} of ${entries + left} entries have no key to try`);
  return `${keys} keys of ${entries} entries${left > 0 ? `, ${left} entries had no random key` : ''}`;
}

async function eras(offline) {
  const random = randomOf(64);
  const registry = new TypeRegistry();
  for (let i = 0; i < ERAS; i++) {
    const period = random.pick([4, 8, 64, 128, 4096, 65536, 1 + random.below(70000)]);
    const current = Number(random.bits(31));
    const era = registry.createType('ExtrinsicEra', { period, current });
    const ours = await offline.ask('era', { period, current });
    assert.equal(ours.hex, era.toHex(), `period ${period} at ${current}`);
    const sent = registry.createType('ExtrinsicEra', era.toU8a()).asMortalEra;
    assert.equal(ours.birth, sent.birth(current));
    assert.equal(ours.death, sent.death(current));
  }
  return `${ERAS} eras`;
}

export function storageTests(offline, runtimes) {
  for (const [i, runtime] of runtimes.entries()) {
    test(`storage keys agree: ${runtime.name}`, () => compareRuntime(offline, runtime, randomOf(700 + i)));
  }
  test('eras agree', () => eras(offline));
}
