// This moment: what is in flight, how much comes and goes, how long it takes, and whether anything is wrong.

import { ask } from './api.js';
import { chart } from './chart.js';
import { card, empty, h, link, table, tile, tiles } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const sum = (all) => all.reduce((a, b) => a + b, 0);

// Of the last minute: the step that is under way is left out.
function perSecond(now, of) {
  return sum(now.steps[of].slice(-7, -1)) / (6 * now.step_s);
}

const times = (now) => now.steps.accepted.map((_, i) => now.steps.first_s + i * now.step_s);
const rates = (now) => [times(now), ...['accepted', 'done', 'failed'].map((of) => now.steps[of].map((n) => n / now.step_s))];
const latencies = (now) => [times(now), now.steps.p50_ms, now.steps.p95_ms];

function figures(now) {
  const waits = sum(now.kinds.map((k) => k.queued));
  const atWork = sum(now.kinds.map((k) => k.assigned + k.running));
  const oldest = now.kinds.map((k) => k.oldest_at).filter(Boolean).map((at) => Date.parse(now.at) - Date.parse(at));
  const ended = now.all.done + now.all.failed;
  const behind = now.chain?.tempos_behind;
  return tiles(
    tile('In flight', f.count(atWork), `${f.count(waits)} queued${oldest.length ? `, the oldest ${f.ms(Math.max(...oldest))}` : ''}`),
    tile('Accepted', f.rate(perSecond(now, 'accepted')), `${f.rate(perSecond(now, 'done'))} done, last minute`),
    tile('Median', f.ms(now.all.p50_ms), `p95 ${f.ms(now.all.p95_ms)}, p99 ${f.ms(now.all.p99_ms)}`),
    tile('Failed', ended ? f.percent(now.all.failed / ended) : f.none, `${f.count(now.all.failed)} of ${f.count(ended)} in 15 min`, now.all.failed * 20 > ended && ended ? 'bad' : ''),
    tile('Miners up', `${f.count(now.miners.up)} / ${f.count(now.miners.known)}`, `${f.count(now.miners.out)} out, ${f.count(now.miners.banned)} banned`, now.miners.up === 0 ? 'bad' : ''),
    tile('Weights', behind === null || behind === undefined ? f.none : `${f.decimal(behind, 1)} tempos`, now.chain ? (now.chain.alarm ?? `behind; block ${f.count(now.chain.block)}, ${f.ago(now.chain.at)}`) : 'no block was seen yet', now.chain?.alarm ? 'bad' : behind > 2 ? 'warn' : ''),
  );
}

const kinds = (now) => card('Kinds', { note: 'fifteen minutes' }, table('Kinds of jobs', [
  { label: 'Kind', cell: (k) => link(`#/jobs?kind=${encodeURIComponent(k.kind)}`, k.kind) },
  { label: 'Queued', num: true, cell: (k) => f.count(k.queued) },
  { label: 'In flight', num: true, cell: (k) => f.count(k.assigned + k.running) },
  { label: 'Accepted', num: true, wide: true, cell: (k) => f.count(k.accepted) },
  { label: 'Done', num: true, cell: (k) => f.count(k.done) },
  { label: 'Failed', num: true, cell: (k) => f.count(k.failed) },
  { label: 'p50', num: true, cell: (k) => f.ms(k.p50_ms) },
  { label: 'p95', num: true, wide: true, cell: (k) => f.ms(k.p95_ms) },
  { label: 'p99', num: true, wide: true, cell: (k) => f.ms(k.p99_ms) },
], now.kinds));

const nothing = () => empty('No jobs in the last fifteen minutes', 'The next one shows here as it is accepted. To order one:',
  h('pre', { tabindex: '0' }, `curl ${location.origin}/v1/jobs -H 'Authorization: Bearer snk_…' \\\n  -d '{"kind":"text.translate","params":{"text":"good day","language":"en","target_language":"de"}}'`));

export function mount(place, page) {
  let charts;
  let newest;

  function draw(now) {
    newest = now;
    charts ??= {
      rates: chart('Jobs a second', [{ label: 'accepted', colour: '--c1', fill: true }, { label: 'done', colour: '--c2' }, { label: 'failed', colour: '--c3' }], rates(now), { value: (v) => f.decimal(v, v < 10 ? 1 : 0) }),
      latency: chart('Time from accepted to done', [{ label: 'median', colour: '--c1' }, { label: 'p95', colour: '--c4' }], latencies(now), { value: f.ms }),
    };
    charts.rates.update(rates(now), `Last minute: ${f.rate(perSecond(now, 'accepted'))} accepted, ${f.rate(perSecond(now, 'done'))} done`);
    charts.latency.update(latencies(now), `Median ${f.ms(now.all.p50_ms)}, p95 ${f.ms(now.all.p95_ms)}`);
    const covers = Date.parse(now.at) - Date.parse(now.since);
    return [figures(now),
      now.kinds.length ? h('div', { class: 'pair' }, card('Jobs a second', { note: covers < 890000 ? `busy: what was accepted in the last ${f.ms(covers)}` : 'fifteen minutes' }, charts.rates),
        card('Time from accepted to done', { note: 'by when they ended' }, charts.latency)) : null,
      now.kinds.length ? kinds(now) : nothing(),
      h('p', { class: 'quiet' }, `${f.count(now.instances)} orchestrator${now.instances === 1 ? '' : 's'}`)].filter(Boolean);
  }

  place.append(h('div', { class: 'head' }, h('h1', null, 'Now')));
  let pushed;
  const l = loader(place, { load: async (signal) => { const p = pushed; pushed = undefined; return p ?? ask('/v1/page/now', { signal }); }, draw });
  page.on('now', (now) => { if (now.at !== newest?.at) { pushed = now; l.refresh(); } });
  page.on('away', l.refresh);
  return () => { l.stop(); charts?.rates.end(); charts?.latency.end(); };
}
