// One job's life: what happened when, at which miners, why those, and what may be done about it.

import { ask } from './api.js';
import { card, chip, facts, h, json, link, table } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const OPEN = ['queued', 'assigned', 'running'];
const time = (at) => (at ? h('time', { datetime: f.utc(at) }, f.when(f.utc(at))) : undefined);

// -- when ---------------------------------------------------------------------

// The parts of an attempt's time: the first one's from the job's birth on, those after it from when they were made.
function parts(job, a, end) {
  const at = (x) => Date.parse(x);
  const cuts = [['queue', a === job.attempts[0] ? job.created_at : a.prepared_at, a.sent_at], ['dispatch', a.sent_at, a.accepted_at ?? a.received_at], ['miner', a.accepted_at ?? a.sent_at, a.received_at ?? a.finished_at], ['check', a.received_at, a.finished_at]];
  return cuts.filter(([, from, to]) => from && (to || a.finished_at === null))
    .map(([name, from, to]) => ({ name, from: at(from), to: to ? at(to) : end }))
    .filter((p) => p.to >= p.from);
}

function life(job) {
  const start = Date.parse(job.created_at);
  const end = Math.max(start + 1, job.finished_at ? Date.parse(job.finished_at) : Date.now());
  const last = Math.max(end, ...job.attempts.map((a) => (a.finished_at ? Date.parse(a.finished_at) : 0)));
  const share = (t) => `${(100 * (t - start)) / (last - start)}%`;
  const row = (a) => {
    const all = parts(job, a, last);
    const said = all.map((p) => `${p.name} ${f.ms(p.to - p.from)}`).join(', ');
    return h('div', { class: 'life-row' },
      h('span', { class: 'nowrap' }, chip(a.state), ' ', link(`#/miners/${a.hotkey}`, `uid ${a.uid}`), a.hedge_of ? h('span', { class: 'quiet' }, ' hedge') : null),
      h('span', { class: 'life-bar', role: 'img', 'aria-label': said || 'not sent yet', title: said }, all.map((p) => h('span', { class: `life-part ${p.name}`, vars: { '--x': share(p.from), '--w': `${(100 * (p.to - p.from)) / (last - start)}%` } }))));
  };
  const legend = [['queue', 'with us', '--idle'], ['dispatch', 'until the miner took it', '--c4'], ['miner', 'at the miner', '--c1'], ['check', 'being looked at', '--c2']];
  return card('Life', { note: `${f.ms(last - start)} from first to last` },
    h('div', { class: 'life' }, job.attempts.length ? job.attempts.map(row) : h('p', { class: 'quiet' }, 'No miner has been asked yet.')),
    h('p', null, legend.map(([, label, colour]) => h('span', { class: 'legend' }, h('span', { class: 'swatch', 'aria-hidden': 'true', vars: { '--c': `var(${colour})` } }), label))));
}

const attempts = (job) => card('Attempts', {}, table('Attempts', [
  { label: 'Miner', cell: (a) => link(`#/miners/${a.hotkey}`, f.hotkey(a.hotkey), { class: 'mono', title: a.hotkey }) },
  { label: 'State', cell: (a) => chip(a.state) },
  { label: 'Why', cell: (a) => (a.reason ? h('span', { title: a.help }, f.words(a.reason), a.side ? h('span', { class: 'quiet' }, ` (${a.side === 'us' ? 'our side' : `the ${a.side}'s side`})`) : null) : f.none) },
  { label: 'With us', num: true, wide: true, cell: (a) => f.ms(a.queue_ms) },
  { label: 'Taken', num: true, wide: true, cell: (a) => f.ms(a.dispatch_ms) },
  { label: 'Miner', num: true, cell: (a) => f.ms(a.miner_ms) },
  { label: 'Result', wide: true, cell: (a) => (a.result_bytes ? `${a.result_type ?? ''} ${f.short(a.result_bytes)} B` : a.id === job.best_attempt ? 'best' : f.none) },
], job.attempts));

// -- why this miner -----------------------------------------------------------

const PASSED = { other: 'not the miner this job is for', tried: 'had been tried', drawn: 'drawn for another place', full: 'full', share: 'its places are another instance\'s', ejected: 'out after failures', probing: 'being tried again, one at a time' };

function receipt(a) {
  const r = a.receipt;
  if (!r) return h('p', { class: 'quiet' }, 'Its receipt is not shown here.');
  const out = Object.entries(r.out ?? {});
  return h('div', { class: 'stack' },
    h('p', { class: 'equation' },
      h('b', null, f.decimal(r.stake, 2)), h('span', { class: 'quiet' }, 'stake'), '×', h('b', null, f.decimal(r.score)), h('span', { class: 'quiet' }, 'score'), '×',
      h('b', null, f.decimal(r.failures)), h('span', { class: 'quiet', title: '1/(1 + recent failures)' }, 'for its failures'), '=', h('b', null, f.decimal(r.weight)), h('span', { class: 'quiet' }, 'weight;'),
      h('span', null, 'drawn at a chance of ', h('b', null, f.percent(r.chance)), ` among ${f.count(r.in)} miners`), r.sticky ? h('span', { class: 'quiet' }, 'by the job\'s key') : null),
    r.passed.length ? h('p', null, h('span', { class: 'quiet' }, 'Drawn before, and passed: '), r.passed.map(([uid, why]) => `uid ${uid} (${PASSED[why] ?? f.words(why)})`).join(', ')) : null,
    out.length ? h('p', null, h('span', { class: 'quiet' }, 'Not in the draw: '), out.map(([why, n]) => `${Array.isArray(n) ? n.length : n} ${f.words(why)}`).join(', ')) : null,
    facts(['Kind of work', r.key], ['Place', f.count(r.place)], ['Block', f.count(r.block)], ['Seed', h('code', null, r.seed)], ['Table', h('code', null, f.hash(r.table))], ['Share of the new ones', r.explored === undefined ? null : f.percent(r.explored)]));
}

const receipts = (job) => card('Why these miners', { note: 'the routing receipts; “subnetctl jobs route ID --replay” draws them again' },
  h('div', { class: 'stack' }, job.attempts.map((a) => h('div', null, h('h3', null, `uid ${a.uid} `, link(`#/miners/${a.hotkey}`, f.hotkey(a.hotkey), { class: 'mono', 'data-key': `receipt ${a.id}` })), receipt(a)))));

// -- what may be done ---------------------------------------------------------

function actions(job, page, refresh) {
  if (!page.reader.acts) return null;
  const act = (title, text, yes, method, path, said) => async () => {
    if (!(await page.confirm(title, text, yes))) return;
    try {
      page.toast(said(await ask(path, { method })));
      refresh();
    } catch (error) {
      page.toast(error.message);
    }
  };
  const can = [];
  if (OPEN.includes(job.state)) can.push(h('button', { type: 'button', class: 'danger', 'data-key': 'cancel', onclick: act('Cancel this job?', 'What miners are at is taken back from them.', 'Cancel the job', 'DELETE', `/v1/jobs/${job.id}`, (b) => `The job is ${b.state}.`) }, 'Cancel'));
  if (['failed', 'expired'].includes(job.state) && !job.own_only?.redriven_as && job.own_only?.source !== 'audit') can.push(h('button', { type: 'button', class: 'primary', 'data-key': 'redrive', onclick: act('Begin this job once more?', 'A new job with the same parameters, time and retries is queued.', 'Redrive it', 'POST', `/v1/jobs/${job.id}/redrive`, (b) => `Job ${f.id(b.jobs[0].id)} is queued.`) }, 'Redrive'));
  return can.length ? h('span', { class: 'tools' }, can) : null;
}

// -- the whole ----------------------------------------------------------------

function draw(job, page, refresh) {
  const own = job.own_only;
  return [
    h('div', { class: 'head' }, h('h1', null, job.kind), chip(job.state), h('code', { class: 'quiet' }, job.id), actions(job, page, refresh)),
    card('Job', {}, facts(['Ended because', job.reason ? h('span', { title: job.help }, `${f.words(job.reason)}: ${job.help}`) : null], ['Accepted', time(job.created_at)], ['Ended', time(job.finished_at)],
      ['Took', f.ms(f.between(job.created_at, job.finished_at))], ['Deadline', time(job.deadline_at)], ['Miners asked for', f.count(job.miners)],
      ['Tenant', own?.tenant || null], ['Ordered by', own?.source], ['Priority', own ? f.count(own.priority) : null], ['Retries left', own ? f.count(own.retries_left) : null],
      ['Input', own?.input ? `${own.input.type}, ${f.short(own.input.bytes)} B` : null],
      ['Redrive of', own?.redrive_of ? link(`#/jobs/${own.redrive_of}`, f.id(own.redrive_of)) : null], ['Redriven as', own?.redriven_as ? link(`#/jobs/${own.redriven_as}`, f.id(own.redriven_as)) : null]),
    own ? h('details', { 'data-key': 'params' }, h('summary', null, 'Parameters'), json(own.params)) : h('p', { class: 'quiet' }, 'Parameters, input and result are shown to whom the job belongs, with an API key.')),
    life(job), attempts(job), job.attempts.length ? receipts(job) : null,
  ].filter(Boolean);
}

export function mount(place, page) {
  page.title(`Job ${f.id(page.one)}`);
  place.append(h('p', null, link('#/jobs', 'Jobs')));
  const l = loader(place, { load: (signal) => ask(`/v1/page/jobs/${encodeURIComponent(page.one)}`, { signal }), draw: (job) => draw(job, page, () => l.refresh()) });
  // Another instance may answer, which has kept what it was for a moment.
  let timer;
  page.on('job', () => { l.refresh(); clearTimeout(timer); timer = setTimeout(l.refresh, 1200); });
  page.on('away', l.refresh);
  page.on('state', ({ state }) => { if (state === 'live') l.refresh(); });
  return () => { clearTimeout(timer); l.stop(); };
}
