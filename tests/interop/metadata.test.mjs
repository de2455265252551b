// Our metadata reader against @polkadot/types: every pallet, call, storage
// entry and error of every blob must read the same.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { Skip, test } from './tap.mjs';

function variants(lookup, type, withArguments) {
  if (type === null) return [];
  const list = lookup.getSiType(type).def.asVariant.variants.map((v) => {
    const one = { name: v.name.toString(), index: v.index.toNumber() };
    if (withArguments) one.args = v.fields.map((f) => f.name.unwrapOr('').toString());
    return one;
  });
  return list.sort((a, b) => a.index - b.index);
}

function storage(pallet) {
  if (pallet.storage.isNone) return [];
  return pallet.storage.unwrap().items.map((item) => ({
    name: item.name.toString(),
    hashers: item.type.isMap ? item.type.asMap.hashers.map((h) => h.type) : [],
  }));
}

const typeOf = (option) => (option.isSome ? option.unwrap().type : null);

// What polkadot.js makes of a blob, in the form dump.c writes.
function theirs(blob) {
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, `0x${blob.toString('hex')}`);
  registry.setMetadata(metadata);
  const { lookup, pallets } = metadata.asLatest;
  return {
    pallets: pallets
      .map((p) => ({
        name: p.name.toString(),
        index: p.index.toNumber(),
        calls: variants(lookup, typeOf(p.calls), true),
        storage: storage(p),
        errors: variants(lookup, typeOf(p.errors), false),
      }))
      .sort((a, b) => a.index - b.index),
  };
}

function count(dump, what) {
  return dump.pallets.reduce((n, p) => n + p[what].length, 0);
}

function compare(build, file) {
  const ours = JSON.parse(
    execFileSync(`${build}/tests/interop/dump`, [file], { maxBuffer: 1 << 26 }),
  );
  const other = theirs(readFileSync(file));
  const counts = ['calls', 'storage', 'errors'].map((what) => [count(other, what), what]);
  for (const [n] of counts) assert.ok(n > 0);
  assert.deepEqual(ours, other);
  return counts.map((pair) => pair.join(' ')).join(', ');
}

export function metadataTests(build, runtimes) {
  for (const runtime of runtimes) {
    test(`metadata reads the same: ${runtime.name}`, () => compare(build, runtime.file));
  }
  if (!runtimes.some(({ isRecorded }) => isRecorded)) {
    test('recorded metadata reads the same', () => { throw new Skip('no chain data'); });
  }
}
