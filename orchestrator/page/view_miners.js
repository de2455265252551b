// The miners: how each stands, what it was scored, and its share of the work: what it was to expect of the draws, and got.

import { ask } from './api.js';
import { spark } from './chart.js';
import { card, chip, empty, h, link, put, s, table } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

export function standing(m, now = Date.now()) {
  if (m.banned) return ['banned', m.ban_reason];
  if (m.failed_audits > 0) return ['failed audit', `${m.failed_audits} failed audits count against it`];
  if (m.ejected_until && Date.parse(m.ejected_until) > now) return ['out', `after failures in a row, until ${f.when(f.utc(m.ejected_until))}`];
  if (m.is_up) return ['up', m.pulls ? 'asks for its work itself' : undefined];
  return ['down', m.down_at ? `since ${f.when(f.utc(m.down_at))}` : 'it has not answered'];
}

// What was drawn as a tick, on the band that a fair draw stays in 99 times of 100.
export function share(x, most) {
  if (!x) return h('span', { class: 'quiet' }, f.none);
  const [width, height] = [130, 14];
  const at = (n) => 2 + ((width - 4) * n) / Math.max(1, most);
  const label = `expected ${f.decimal(x.expected, 1)} (${f.decimal(x.low, 1)} to ${f.decimal(x.high, 1)}), drawn ${x.drawn}, received ${x.received}`;
  return s('svg', { class: 'share', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    s('title', {}, label),
    s('line', { x1: 2, x2: width - 2, y1: 7, y2: 7, stroke: 'var(--line)' }),
    s('rect', { x: at(x.low), y: 3, width: Math.max(1, at(x.high) - at(x.low)), height: 8, rx: 2, fill: 'var(--accent)', opacity: 0.3 }),
    s('line', { x1: at(x.drawn), x2: at(x.drawn), y1: 1, y2: 13, stroke: x.within ? 'var(--ink)' : 'var(--bad)', 'stroke-width': 2 }));
}

// The miners with their shares, or without those where they do not come.
export async function load(path, signal) {
  const [miners, shares] = await Promise.all([ask(path, { signal }), ask('/v1/page/shares', { signal }).catch((why) => { if (why.name === 'AbortError') throw why; return { receipts: 0, shares: [] }; })]);
  const of = new Map(shares.shares.map((x) => [x.hotkey, x]));
  return { ...miners, receipts: shares.receipts, miners: miners.miners.map((m) => ({ ...m, share: of.get(m.hotkey) })) };
}

const ORDER = {
  uid: (m) => m.uid, Stake: (m) => m.alpha_stake, Score: (m) => m.score ?? -1, 'Win rate': (m) => m.win_rate ?? -1, Jobs: (m) => m.jobs ?? -1, p50: (m) => m.latency_p50_ms ?? Infinity,
  Expected: (m) => m.share?.expected_share ?? -1, Received: (m) => m.share?.received_share ?? -1,
};

const columns = (most) => [
  { label: 'uid', sort: true, num: true, cell: (m) => m.uid },
  { label: 'Miner', cell: (m) => link(`#/miners/${m.hotkey}`, f.hotkey(m.hotkey), { class: 'mono', title: m.hotkey }) },
  { label: 'State', cell: (m) => { const [state, why] = standing(m); return chip(state, why); } },
  { label: 'Stake', sort: true, num: true, wide: true, cell: (m) => f.short(m.alpha_stake) },
  { label: 'Score', sort: true, num: true, cell: (m) => (m.out ? h('span', { title: `out of the comparison: ${f.words(m.out)}` }, f.decimal(m.score)) : f.decimal(m.score)) },
  { label: 'History', wide: true, cell: (m) => (m.scores.length ? spark(m.scores, { label: `the last ${m.scores.length} scores, ${f.decimal(m.scores.at(-1))} now` }) : f.none) },
  { label: 'Win rate', sort: true, num: true, wide: true, cell: (m) => f.percent(m.win_rate) },
  { label: 'Jobs', sort: true, num: true, wide: true, title: 'that succeeded, of those counted in the round', cell: (m) => (m.jobs === null ? f.none : `${f.count(m.successes)} / ${f.count(m.jobs)}`) },
  { label: 'p50', sort: true, num: true, wide: true, cell: (m) => f.ms(m.latency_p50_ms) },
  { label: 'Expected', sort: true, num: true, title: 'share of the draws it was to expect', cell: (m) => f.percent(m.share?.expected_share) },
  { label: 'Received', sort: true, num: true, title: 'share of the attempts it got', cell: (m) => f.percent(m.share?.received_share) },
  { label: 'Draws', wide: true, title: 'drawn, on the band that a fair draw stays in 99 times of 100', cell: (m) => share(m.share, most) },
];

export function mount(place, page) {
  const sorted = { by: 'Score', down: true };
  const search = h('input', { type: 'search', 'aria-label': 'Search miners by uid or hotkey', placeholder: 'uid or hotkey', oninput: () => again() });
  place.append(h('div', { class: 'head' }, h('h1', null, 'Miners')), h('form', { class: 'filters', role: 'search', onsubmit: (e) => e.preventDefault() }, search));
  let data;
  const body = h('div', { class: 'stack' });

  function sortBy(label) {
    sorted.down = sorted.by === label ? !sorted.down : label !== 'uid' && label !== 'p50';
    sorted.by = label;
    again();
  }

  function rows() {
    const text = search.value.trim().toLowerCase();
    const of = ORDER[sorted.by];
    const fits = data.miners.filter((m) => text === '' || String(m.uid) === text || m.hotkey.toLowerCase().includes(text));
    return fits.sort((a, b) => ((of(a) > of(b)) - (of(a) < of(b))) * (sorted.down ? -1 : 1) || a.uid - b.uid);
  }

  function again() {
    if (!data) return;
    const most = Math.max(1, ...data.miners.flatMap((m) => (m.share ? [m.share.high, m.share.drawn] : [])));
    const all = rows();
    const note = [data.round ? `scores of epoch ${f.count(data.round.epoch)}, ${f.ago(data.round.at)}` : 'no round yet', data.receipts ? `shares of the latest ${f.count(data.receipts)} draws` : 'no draws yet'].join('; ');
    put(body, card(`${all.length} miner${all.length === 1 ? '' : 's'}`, { note }, table('Miners', columns(most), all, { sorted, onsort: sortBy, keyOf: (m) => m.hotkey })));
  }

  const l = loader(place, {
    load: (signal) => load('/v1/page/miners', signal),
    isEmpty: (d) => d.miners.length === 0,
    nothing: () => empty('No miners yet', 'They are found on the chain, by the address that each commits to, and show here with the first snapshot.'),
    draw: (d) => { data = d; again(); return body; },
  });
  page.on('news', l.refresh);
  const timer = setInterval(l.refresh, 30000);
  return () => { clearInterval(timer); l.stop(); };
}
