// @polkadot/api against the development chain: what a stranger's client that
// knows finney can do with it.

import assert from 'node:assert/strict';
import { ApiPromise, HttpProvider, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { startDevchain } from './devchain.mjs';
import { test } from './tap.mjs';

const NETUID = 1;

export async function chainTests(build) {
  await cryptoWaitReady();
  const chain = await startDevchain(build, ['--block-ms', '0']);
  const alice = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri('//Alice');
  let api;

  // Blocks come when they are asked for, so nothing here waits for a clock.
  const blocks = (n) => chain.rpc('dev_newBlock', n);

  // Send, and make blocks until it is final or will never be.
  async function toTheEnd(tx, options = {}) {
    const statuses = [];
    const done = new Promise((resolve, reject) => {
      tx.signAndSend(alice, options, (result) => {
        statuses.push(result.status.type);
        if (result.status.isFinalized || result.isError) resolve({ ...result, result, statuses });
      }).catch(reject);
    });
    const ready = setInterval(() => blocks(1).catch(() => {}), 50);
    try {
      return await done;
    } finally {
      clearInterval(ready);
    }
  }

  function names(events) {
    return events.map(({ event }) => `${event.section}.${event.method}`);
  }

  test('the client connects and decodes the metadata', async () => {
    await blocks(3);
    api = await ApiPromise.create({ provider: new WsProvider(chain.url), noInitWarn: true });
    assert.equal(api.runtimeMetadata.version, 15);
    assert.equal(api.runtimeVersion.specVersion.toNumber(), 424);
    assert.equal(api.genesisHash.toHex(), await chain.rpc('chain_getBlockHash', 0));
  });

  test('the hash it computes of a header is the block\'s', async () => {
    const hash = await api.rpc.chain.getBlockHash(2);
    const header = await api.rpc.chain.getHeader(hash);
    assert.equal(header.hash.toHex(), hash.toHex());
    const block = await api.rpc.chain.getBlock(hash);
    assert.equal(block.block.extrinsics.length, 1);
    assert.equal(block.block.extrinsics[0].method.method, 'set');
  });

  test('neurons read by the runtime API and from storage agree', async () => {
    const lite = await api.call.neuronInfoRuntimeApi.getNeuronsLite(NETUID);
    assert.equal(lite.length, 4);
    assert.equal(lite[0].hotkey.toString(), alice.address);
    assert.equal(lite[0].validatorPermit.isTrue, true);
    for (const [uid, neuron] of lite.entries()) {
      const key = await api.query.subtensorModule.keys(NETUID, uid);
      const back = await api.query.subtensorModule.uids(NETUID, neuron.hotkey);
      assert.equal(key.toString(), neuron.hotkey.toString());
      assert.equal(back.unwrap().toNumber(), uid);
      assert.equal(neuron.uid.toNumber(), uid);
    }
  });

  test('the selective metagraph has what was asked for and no more', async () => {
    const graph = (
      await api.call.subnetInfoRuntimeApi.getSelectiveMetagraph(NETUID, [7, 8, 52, 55, 57, 69])
    ).unwrap();
    assert.equal(graph.hotkeys.unwrap().length, 4);
    assert.equal(graph.axons.unwrap().length, 4);
    assert.equal(graph.tempo.unwrap().toNumber(), 20);
    assert.equal(graph.totalStake.unwrap()[0].toNumber(), 1e12);
    assert.equal(graph.coldkeys.isNone, true);
    const hyper = (await api.call.subnetInfoRuntimeApi.getSubnetHyperparams(NETUID)).unwrap();
    assert.equal(hyper.weightsRateLimit.toNumber(), 5);
    assert.equal(hyper.commitRevealWeightsEnabled.isFalse, true);
  });

  test('a map is walked: the miners\' commitments', async () => {
    const entries = await api.query.commitments.commitmentOf.entries(NETUID);
    const said = entries.map(([, value]) => value.unwrap().info.fields[0].value.toUtf8());
    assert.deepEqual(said.sort(), ['127.0.0.1:8091', '127.0.0.1:8092', '127.0.0.1:8093']);
  });

  test('weights it signs are finalized and read back', async () => {
    const tx = api.tx.subtensorModule.setWeights(NETUID, [1, 2, 3], [100, 200, 400], 0);
    const { result, statuses } = await toTheEnd(tx);
    assert.equal(statuses[0], 'Ready');
    assert.equal(statuses.at(-1), 'Finalized');
    assert.equal(result.dispatchError, undefined);
    assert.ok(names(result.events).includes('subtensorModule.WeightsSet'));
    const at = await api.at(result.status.asFinalized);
    const stored = (await at.query.subtensorModule.weights(NETUID, 0)).toJSON();
    // The largest becomes 65535, the others in proportion.
    assert.deepEqual(stored, [[1, 16384], [2, 32768], [3, 65535]]);
    const updates = await at.query.subtensorModule.lastUpdate(NETUID);
    const header = await api.rpc.chain.getHeader(result.status.asFinalized);
    assert.equal(updates[0].toNumber(), header.number.toNumber());
    assert.equal((await at.query.system.account(alice.address)).nonce.toNumber(), 1);
  });

  test('weights set again too soon are refused by the pool', async () => {
    const { number } = await blocks(1);
    await chain.rpc('dev_set', { netuid: NETUID, weights_rate_limit: 1000 });
    await blocks(1);
    const tx = api.tx.subtensorModule.setWeights(NETUID, [1], [1], 0);
    await assert.rejects(tx.signAndSend(alice), /1010.*Custom error: 6/);
    await chain.rpc('dev_set', { netuid: NETUID, weights_rate_limit: 0 });
    assert.equal((await blocks(1)).number, number + 2);
  });

  test('a dispatch error is named as the runtime names it', async () => {
    const tx = api.tx.subtensorModule.setWeights(NETUID, [1, 1], [5, 5], 0);
    const { result } = await toTheEnd(tx);
    assert.ok(result.dispatchError.isModule);
    const named = api.registry.findMetaError(result.dispatchError.asModule);
    assert.equal(`${named.section}.${named.name}`, 'subtensorModule.DuplicateUids');
  });

  test('a signature for another chain is a bad one', async () => {
    const tx = api.tx.subtensorModule.setWeights(NETUID, [1], [1], 0);
    const elsewhere = { genesisHash: `0x${'11'.repeat(32)}`, era: 0, blockHash: `0x${'11'.repeat(32)}` };
    const nonce = await api.rpc.system.accountNextIndex(alice.address);
    tx.sign(alice, { ...elsewhere, nonce, runtimeVersion: api.runtimeVersion });
    await assert.rejects(api.rpc.author.submitExtrinsic(tx), /1010.*bad signature/);
    await assert.rejects(api.rpc.author.submitExtrinsic(tx), /1012/);
  });

  test('a fork retracts an extrinsic and includes it again', async () => {
    const statuses = [];
    const tx = await api.tx.subtensorModule.setWeights(NETUID, [2], [7], 0).signAsync(alice);
    let inBlock, finalized;
    const included = new Promise((resolve) => { inBlock = resolve; });
    const final = new Promise((resolve) => { finalized = resolve; });
    await api.rpc.author.submitAndWatchExtrinsic(tx, (status) => {
      statuses.push(status.type);
      if (status.isInBlock) inBlock();
      if (status.isFinalized) finalized(status.asFinalized);
    });
    await blocks(1);
    await included;
    await chain.rpc('dev_fork', 1, { build: 2 });
    await blocks(2);
    const hash = await final;
    assert.deepEqual(statuses, ['Ready', 'InBlock', 'Retracted', 'InBlock', 'Finalized']);
    const at = await api.at(hash);
    assert.deepEqual((await at.query.subtensorModule.weights(NETUID, 0)).toJSON(), [[2, 65535]]);
  });

  test('a subscription to storage tells of each change', async () => {
    const seen = [];
    let enough;
    const all = new Promise((resolve) => { enough = resolve; });
    const end = await api.query.subtensorModule.tempo(NETUID, (tempo) => {
      seen.push(tempo.toNumber());
      if (seen.length === 2) enough();
    });
    await chain.rpc('dev_set', { netuid: NETUID, tempo: 33 });
    await blocks(1);
    await all;
    end();
    assert.deepEqual(seen, [20, 33]);
  });

  test('an upgrade that moves a call is followed', async () => {
    assert.equal(api.tx.subtensorModule.setWeights.callIndex[1], 0);
    await chain.rpc('dev_upgrade', { spec_version: 425, move: { 'SubtensorModule.set_weights': 150 } });
    const upgraded = new Promise((resolve) => {
      api.rpc.state.subscribeRuntimeVersion(({ specVersion }) => {
        if (specVersion.toNumber() === 425) resolve();
      });
    });
    await blocks(1);
    await upgraded;
    // The client takes its new metadata on its own, some time after.
    while (api.runtimeVersion.specVersion.toNumber() !== 425) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(api.tx.subtensorModule.setWeights.callIndex[1], 150);
    const { result } = await toTheEnd(api.tx.subtensorModule.setWeights(NETUID, [3], [9], 0));
    assert.equal(result.dispatchError, undefined);
    const at = await api.at(result.status.asFinalized);
    assert.deepEqual((await at.query.subtensorModule.weights(NETUID, 0)).toJSON(), [[3, 65535]]);
  });

  test('the same port answers over HTTP', async () => {
    const http = await ApiPromise.create({ provider: new HttpProvider(chain.http), noInitWarn: true });
    assert.equal((await http.query.subtensorModule.subnetworkN(NETUID)).toNumber(), 4);
    await http.disconnect();
  });

  test('the chain ends in good order', async () => {
    await api.disconnect();
    assert.equal(await chain.stop(), 0);
  });

  return chain;
}
