// One miner: why this score, what would raise it most, its share of the work, and what it did lately.

import { ask } from './api.js';
import { chart } from './chart.js';
import { card, chip, facts, h, link, meter, since, table } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';
import { load as loadMiners, share, standing } from './view_miners.js';

async function load(hotkey, signal) {
  const at = encodeURIComponent(hotkey);
  const [list, work, score] = await Promise.all([loadMiners(`/v1/page/miners/${at}`, signal), ask(`/v1/page/miners/${at}/work`, { signal }),
    ask(`/v1/page/scores/${at}`, { signal }).catch((why) => { if (why.status === 404) return undefined; throw why; })]);
  return { miner: list.miners[0], round: list.round, receipts: list.receipts, ...work, score };
}

// -- why this score -----------------------------------------------------------

// less: the smaller the better.
const PARTS = [
  { name: 'success', label: 'Success', say: f.percent, help: 'of the jobs that were counted' },
  { name: 'speed', label: 'Speed', say: f.decimal, help: '1 is as quick as the policy asks' },
  { name: 'latency_p50_ms', label: 'Median time', say: f.ms, less: true, help: 'the miner\'s part, by our clock' },
  { name: 'accuracy', label: 'Accuracy', say: f.decimal, help: 'of what was compared with a known answer or another\'s' },
  { name: 'stake_share', label: 'Stake', say: f.percent, help: 'of the miners\' alpha' },
];

const valueOf = (score, name) => (name === 'success' ? (score.jobs ? score.successes / score.jobs : null) : score[name]);

// How far it is from the best, as a part of the best; 0: it is the best.
function gap(part, own, best) {
  if (typeof own !== 'number' || typeof best !== 'number') return 0;
  if (part.less) return own > 0 ? Math.max(0, 1 - best / own) : 0;
  return best > 0 ? Math.max(0, 1 - own / best) : 0;
}

function advice(score, among) {
  if (score.out) return `It is out of the comparison: ${f.words(score.out)}.`;
  const widest = PARTS.filter((p) => p.name !== 'latency_p50_ms').map((p) => ({ p, by: gap(p, valueOf(score, p.name), among.best[p.name]) })).sort((a, b) => b.by - a.by)[0];
  if (!widest || widest.by < 0.02) return 'It is at the best of the round, or close to it, in every part.';
  return `It is furthest from the best of the round in ${widest.p.label.toLowerCase()}: ${widest.p.say(valueOf(score, widest.p.name))} against ${widest.p.say(among.best[widest.p.name])}.`;
}

function why(d) {
  const { score, among } = d;
  if (!score) return card('Why this score', {}, h('p', { class: 'quiet' }, 'The latest round has no such miner: nothing of its work was judged in the window, or it came later.'));
  const rank = score.rank ? `${f.count(score.rank)} of ${f.count(score.scored)} that were scored` : 'not ranked, as the score is 0';
  return card('Why this score', { note: `epoch ${f.count(score.epoch)}, policy ${score.policy}, judgements since ${f.when(f.utc(score.window_from))}` },
    h('p', null, h('strong', null, f.decimal(score.score, 4)), ` from ${f.count(score.jobs)} job${score.jobs === 1 ? '' : 's'}: rank ${rank}. `, advice(score, among)),
    table('Parts of the score', [
      { label: 'Part', cell: (p) => h('span', { title: p.help }, p.label) },
      { label: 'This miner', num: true, cell: (p) => p.say(valueOf(score, p.name)) },
      { label: 'Median', num: true, cell: (p) => p.say(among.median[p.name]) },
      { label: 'Best', num: true, cell: (p) => p.say(among.best[p.name]) },
      { label: 'Of the best', wide: true, cell: (p) => { const own = valueOf(score, p.name); return typeof own === 'number' ? meter(1 - gap(p, own, among.best[p.name]), { tick: 1 - gap(p, among.median[p.name], among.best[p.name]) }) : f.none; } },
    ], PARTS),
    h('p', { class: 'quiet' }, 'Wins: ', score.wins === null ? f.none : f.count(score.wins), '. Win rate: ', f.percent(score.win_rate), score.weight === null || score.weight === undefined ? '' : `. Weight of the round: ${f.percent(score.weight, 2)}`, '. “subnetctl scores explain” shows what each job gave.'));
}

// -- the rest -----------------------------------------------------------------

function standingCard(m) {
  const [state, reason] = standing(m);
  const lanes = Object.entries(m.capacity ?? {}).filter(([, n]) => typeof n === 'number');
  return card('Standing', {}, facts(['State', h('span', { title: reason }, chip(state), reason ? h('span', { class: 'quiet' }, ` ${reason}`) : null)], ['uid', m.uid], ['Stake', `${f.short(m.alpha_stake)} alpha`],
    ['Address', m.address ? h('code', null, m.address) : null], ['Coldkey', h('code', null, f.hotkey(m.coldkey))], ['Failures in a row', m.streak === null ? null : f.count(m.streak)], ['Recent failures', m.failures === null ? null : f.decimal(m.failures, 2)],
    ['Failed audits', f.count(m.failed_audits)], ['Asked', m.probed_at ? since(m.probed_at) : null]),
  lanes.length ? table('Places at once', [
    { label: 'Kind of work', cell: ([name]) => name },
    { label: 'It says', num: true, cell: ([, n]) => f.count(n) },
    { label: 'It has earned', num: true, cell: ([name]) => f.decimal(m.earned[name], 2) },
  ], lanes) : null);
}

function shareCard(m, receipts) {
  const x = m.share;
  if (!x) return card('Share of the work', {}, h('p', { class: 'quiet' }, receipts ? `It was in none of the latest ${f.count(receipts)} draws.` : 'Nothing was drawn yet.'));
  const fair = x.within ? 'which a fair draw does 99 times of 100' : 'which a fair draw does once in 100 times: look at the receipts';
  return card('Share of the work', { note: `the latest ${f.count(receipts)} draws, drawn again` },
    h('p', null, share(x, Math.max(x.high, x.drawn, 1))),
    h('p', null, `It was to be drawn ${f.decimal(x.expected, 1)} times (${f.decimal(x.low, 1)} to ${f.decimal(x.high, 1)}) and was drawn ${f.count(x.drawn)} times, ${fair}. It received ${f.count(x.received)} attempts, ${f.percent(x.received_share)} of all: who is drawn and full, down or tried before is passed.`));
}

const judged = (score) => card('Counted in the round', { note: 'the newest first; where a job came from is not told' }, table('Judgements', [
  { label: 'Kind', cell: (a) => a.kind },
  { label: 'When', wide: true, cell: (a) => since(a.at) },
  { label: 'Success', cell: (a) => h('span', { class: a.success ? 'good' : 'bad' }, a.success ? 'yes' : `no${a.reason ? `: ${f.words(a.reason)}` : ''}`) },
  { label: 'Took', num: true, cell: (a) => f.ms(a.ms) },
  { label: 'Speed', num: true, cell: (a) => f.decimal(a.speed) },
  { label: 'Accuracy', num: true, wide: true, cell: (a) => (typeof a.accuracy === 'number' ? f.decimal(a.accuracy) : f.none) },
], score.attempts));

const lately = (all) => card('Lately', { note: 'attempts that have ended' }, all.length ? table('Attempts', [
  { label: 'Kind', cell: (a) => (a.job ? link(`#/jobs/${a.job}`, a.kind) : a.kind) },
  { label: 'State', cell: (a) => chip(a.state, a.reason ? f.words(a.reason) : undefined) },
  { label: 'Why', wide: true, cell: (a) => (a.reason ? f.words(a.reason) : f.none) },
  { label: 'Ended', cell: (a) => since(a.finished_at) },
  { label: 'With us', num: true, wide: true, cell: (a) => f.ms(a.queue_ms) },
  { label: 'Miner', num: true, cell: (a) => f.ms(a.miner_ms) },
], all) : h('p', { class: 'quiet' }, 'It has had nothing to do yet.'));

export function mount(place, page) {
  page.title(`Miner ${f.hotkey(page.one)}`);
  let history;
  place.append(h('p', null, link('#/miners', 'Miners')));

  function draw(d) {
    const m = d.miner;
    const data = [m.at_s, m.scores];
    if (m.scores.length > 1) {
      history ??= chart('Score', [{ label: 'score', colour: '--c1', fill: true }], data, { value: (v) => f.decimal(v, 2), height: 150 });
      history.update(data, `${m.scores.length} rounds, ${f.decimal(m.scores.at(-1))} in the last`);
    }
    return [h('div', { class: 'head' }, h('h1', null, `Miner ${m.uid}`), h('code', { class: 'quiet' }, m.hotkey)),
      h('div', { class: 'pair' }, why(d), h('div', { class: 'stack' }, m.scores.length > 1 ? card('Score history', { note: `${m.scores.length} rounds` }, history) : null, shareCard(m, d.receipts))),
      standingCard(m), d.score?.attempts.length ? judged(d.score) : null, lately(d.attempts)].filter(Boolean);
  }

  const l = loader(place, { load: (signal) => load(page.one, signal), draw });
  page.on('news', l.refresh);
  const timer = setInterval(l.refresh, 10000);
  return () => { clearInterval(timer); l.stop(); history?.end(); };
}
