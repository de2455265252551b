// Posts: whose count, how they grow, what each gave its hotkey, and what is wrong with the others.

import { ask } from './api.js';
import { chart } from './chart.js';
import { card, chip, empty, h, link, since, table, tile, tiles } from './dom.js';
import * as f from './format.js';
import { loader } from './load.js';

const sum = (all) => all.reduce((a, b) => a + (b ?? 0), 0);
const miner = (x) => link(`#/miners/${x.hotkey}`, f.hotkey(x.hotkey), { class: 'mono', title: x.hotkey });

const hotkeys = (all) => card('Hotkeys', { note: 'that commit to a gist' }, table('Hotkeys', [
  { label: 'uid', num: true, cell: (x) => x.uid ?? f.none },
  { label: 'Hotkey', cell: miner },
  { label: 'Gist', cell: (x) => chip(x.gist, x.wrong ?? undefined) },
  { label: 'Posts', num: true, wide: true, cell: (x) => f.count(x.posts) },
  { label: 'Count', num: true, title: 'posts that count', cell: (x) => f.count(x.held) },
  { label: 'Flagged', num: true, cell: (x) => f.count(x.flagged) },
  { label: 'Views', num: true, cell: (x) => f.short(x.views) },
  { label: 'Points', num: true, title: 'given by the latest round', cell: (x) => f.decimal(x.gave, 2) },
  { label: 'Score', num: true, wide: true, cell: (x) => f.decimal(x.score) },
  { label: 'Out', wide: true, cell: (x) => (x.out ? f.words(x.out) : f.none) },
], all));

const posts = (all) => card('Posts', { note: 'those that gave most first' }, table('Posts', [
  { label: 'Post', cell: (p) => h('span', { class: 'mono' }, p.content_id) },
  { label: 'Platform', wide: true, cell: (p) => p.platform },
  { label: 'Hotkey', cell: miner },
  { label: 'State', cell: (p) => chip(p.state) },
  { label: 'Views', num: true, cell: (p) => f.short(p.views) },
  { label: 'Likes', num: true, wide: true, cell: (p) => f.short(p.likes) },
  { label: 'Comments', num: true, wide: true, cell: (p) => f.short(p.comments) },
  { label: 'Gave', num: true, cell: (p) => f.decimal(p.gave, 2) },
  { label: 'What took some', wide: true, cell: (p) => (p.took ? f.words(p.took) : f.none) },
], all));

const flags = (all) => card('What is wrong', { note: 'the newest first' }, table('Flags', [
  { label: 'When', cell: (x) => since(x.at) },
  { label: 'Flag', cell: (x) => h('span', { class: 'warn' }, f.words(x.flag)) },
  { label: 'Hotkey', cell: miner },
  { label: 'Post', wide: true, cell: (x) => (x.content_id ? h('span', { class: 'mono' }, x.content_id) : f.none) },
  { label: 'Why', cell: (x) => x.why ?? f.none },
], all));

export function mount(place, page) {
  let views;
  place.append(h('div', { class: 'head' }, h('h1', null, 'Posts')));

  function draw(d) {
    const buckets = d.buckets.filter((b) => b.views !== null);
    const data = [buckets.map((b) => Date.parse(b.at) / 1000), buckets.map((b) => b.views)];
    if (buckets.length > 1) {
      views ??= chart('Views of all posts', [{ label: 'views', colour: '--c1', fill: true }], data, { value: f.short });
      views.update(data, `${f.short(buckets.at(-1).views)} views at the last measurement`);
    }
    return [tiles(tile('Hotkeys', f.count(d.hotkeys.length), `${f.count(d.hotkeys.filter((x) => x.held > 0).length)} with posts that count`), tile('Posts that count', f.count(sum(d.hotkeys.map((x) => x.held))), `of ${f.count(sum(d.hotkeys.map((x) => x.posts)))} claimed`),
      tile('Flagged', f.count(sum(d.hotkeys.map((x) => x.flagged))), 'claims that do not count'), tile('Views', f.short(sum(d.hotkeys.map((x) => x.views))), 'of what counts'), tile('Round', d.round ? f.count(d.round.epoch) : f.none, d.round ? f.ago(d.round.at) : 'none yet')),
    buckets.length > 1 ? card('Views of all posts', { note: 'bucket by bucket' }, views) : null,
    hotkeys(d.hotkeys), d.posts.length ? posts(d.posts) : null, d.flags.length ? flags(d.flags) : null].filter(Boolean);
  }

  const l = loader(place, {
    load: (signal) => ask('/v1/page/engagement', { signal }), draw,
    isEmpty: (d) => d.hotkeys.length === 0 && d.posts.length === 0,
    nothing: () => empty('No gists are committed', 'Where a subnet scores engagement, each miner commits to a gist that lists its posts. Nobody has, or this subnet scores something else.'),
  });
  page.on('news', l.refresh);
  const timer = setInterval(l.refresh, 30000);
  return () => { clearInterval(timer); l.stop(); views?.end(); };
}
