// Weights: whether they are in time, what is planned, what the chain was shown to have, and everything that was sent.

import { ask } from './api.js';
import { card, chip, empty, facts, h, link, meter, since, table, tile, tiles } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const miner = (x) => (x.hotkey ? link(`#/miners/${x.hotkey}`, f.hotkey(x.hotkey), { class: 'mono', title: x.hotkey }) : f.none);
const codeOf = (text) => (text ? h('code', { title: text }, f.hash(text)) : f.none);

function setterTiles(s) {
  const behind = s.tempos_behind;
  return tiles(
    tile('Behind', behind === null ? f.none : `${f.decimal(behind, 2)} tempos`, behind === null ? 'this hotkey is not registered' : s.alarm ?? 'since the chain had our weights', s.alarm ? 'bad' : behind > 2 ? 'warn' : ''),
    tile('Last update', s.last_update ? f.count(s.last_update) : 'never', 'block, as the chain has it'),
    tile('Next window', f.count(s.next_block), s.next_block <= s.block ? 'open now' : `in ${f.count(s.next_block - s.block)} block${s.next_block - s.block === 1 ? '' : 's'}`),
    tile('Head', f.count(s.block), f.ago(s.at)),
    tile('Waits', s.waits_for ? f.words(s.waits_for) : 'for nothing', s.until_block ? `until block ${f.count(s.until_block)}` : `${f.count(s.committed)} commits to be revealed`),
  );
}

function proof(p) {
  if (!p) return card('Proof', {}, h('p', { class: 'quiet' }, 'No weights were proven yet: “set” is said only when the chain\'s own storage shows them at a finalized block.'));
  const most = p.weights[0]?.share ?? 1;
  return card('Proof', { note: 'read back from the chain\'s storage' },
    facts(['Block', f.count(p.proven_block)], ['Call', p.call], ['Proven', since(p.proven_at)], ['From intention to proof', f.ms(f.between(p.intended_at, p.proven_at))],
      ['Block hash', h('code', null, p.proven_hash), true], ['Extrinsic', h('code', null, p.extrinsic_hash ?? f.none), true]),
    table('Weights on the chain', [
      { label: 'uid', num: true, cell: (w) => w.uid },
      { label: 'Miner', cell: miner },
      { label: 'u16', num: true, wide: true, cell: (w) => f.count(w.weight) },
      { label: 'Share', num: true, cell: (w) => f.percent(w.share, 2) },
      { label: '', wide: true, cell: (w) => meter(w.share / most) },
    ], p.weights));
}

function move(m) {
  const by = m.new - m.old;
  if (Math.abs(by) < 5e-5) return h('span', { class: 'quiet' }, 'as before');
  return h('span', { class: by > 0 ? 'up' : 'down' }, `${by > 0 ? '+' : '−'}${(100 * Math.abs(by)).toFixed(2)}`);
}

function plan(p, isSaid) {
  if (!isSaid) return card('Plan', {}, h('p', { class: 'quiet' }, 'A vector that the chain does not show yet is shown to keys of role validator, operator and admin: until then it is nobody\'s to copy.'));
  if (!p) return card('Plan', {}, h('p', { class: 'quiet' }, 'No vector was made yet: the first round makes one.'));
  const stand = p.refusal ? `refused: ${f.words(p.refusal)}` : p.taken_at ? 'taken' : 'waiting';
  return card('Plan', { note: `${p.source}, ${stand}` },
    facts(['Made', since(p.created_at)], ['Snapshot', f.count(p.block)], ['Moves', f.percent(p.churn, 2)], ['Accepted by hand', p.accepted_at ? f.ago(p.accepted_at) : null]),
    table('What the plan moves', [
      { label: 'uid', num: true, cell: (m) => m.uid },
      { label: 'Miner', cell: miner },
      { label: 'Has', num: true, cell: (m) => f.percent(m.old, 2) },
      { label: 'Gets', num: true, cell: (m) => f.percent(m.new, 2) },
      { label: 'Moves', num: true, cell: (m) => (m.stands ? move(m) : h('span', { class: 'bad' }, 'left out: not at this uid')) },
    ], p.moves));
}

const ledger = (rows) => card('Ledger', { note: 'every intention and what became of it' }, rows.length ? table('Ledger', [
  { label: 'When', cell: (l) => since(l.intended_at) },
  { label: 'State', cell: (l) => chip(l.state, l.reason ?? undefined) },
  { label: 'Why', wide: true, cell: (l) => (l.reason ? f.words(l.reason) : f.none) },
  { label: 'Action', wide: true, cell: (l) => l.action },
  { label: 'uids', num: true, cell: (l) => f.count(l.uids) },
  { label: 'Extrinsic', wide: true, cell: (l) => codeOf(l.extrinsic_hash) },
  { label: 'Included', num: true, wide: true, cell: (l) => f.count(l.included_block) },
  { label: 'Final', num: true, wide: true, cell: (l) => f.count(l.finalized_block) },
  { label: 'Proven', num: true, cell: (l) => f.count(l.proven_block) },
], rows) : h('p', { class: 'quiet' }, 'Nothing was sent yet.'));

export function mount(place, page) {
  place.append(h('div', { class: 'head' }, h('h1', null, 'Weights')));
  const mechanisms = (d) => [...new Set([...d.setters, ...d.plans, ...d.proofs].map((x) => x.mecid))].sort((a, b) => a - b);
  const of = (all, mecid) => all.find((x) => x.mecid === mecid);
  const l = loader(place, {
    load: (signal) => ask('/v1/page/weights', { signal }),
    isEmpty: (d) => mechanisms(d).length === 0 && d.ledger.length === 0,
    nothing: () => empty('No weights yet', 'weightsetterd shows here as soon as it has seen a finalized block, and plans with the first scoring round.'),
    draw: (d) => [...mechanisms(d).map((mecid) => h('div', { class: 'stack' },
      mechanisms(d).length > 1 ? h('h2', null, `Mechanism ${mecid}`) : null, of(d.setters, mecid) ? setterTiles(of(d.setters, mecid)) : null,
      h('div', { class: 'pair' }, plan(of(d.plans, mecid), d.plans_are_said), proof(of(d.proofs, mecid))))), ledger(d.ledger)],
  });
  page.on('news', l.refresh);
  const timer = setInterval(l.refresh, 10000);
  return () => { clearInterval(timer); l.stop(); };
}
