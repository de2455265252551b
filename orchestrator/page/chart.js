// Lines over time: by uPlot if it was built in, else plain SVG. Colours are the page's own, so that they change with it.

import { h, s } from './dom.js';

const library = import('./uplot.js').then((m) => {
  document.head.append(h('link', { rel: 'stylesheet', href: '/page/uplot.css' }));
  return m.default;
}).catch(() => undefined);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// lines: { label, colour: '--name', fill? }; data: [[seconds...], [values...]...]; value(x) is how a value is written.
export function chart(label, lines, data, { height = 170, value = String, summary } = {}) {
  const figure = h('figure', { class: 'chart' });
  const drawing = h('div', { class: 'drawing', role: 'img', 'aria-label': `${label}. ${summary ?? ''}`, vars: { '--h': `${height}px` } });
  const legend = h('figcaption', null, lines.map((l) => h('span', { class: 'legend' }, h('span', { class: 'swatch', 'aria-hidden': 'true', vars: { '--c': `var(${l.colour})` } }), l.label)));
  const state = { lines, data, height, value, plot: undefined };
  figure.append(drawing, legend);
  const observer = new ResizeObserver(() => resize(drawing, state));
  observer.observe(drawing);
  library.then((uPlot) => { state.uPlot = uPlot; if (drawing.isConnected) draw(drawing, state); });
  figure.redraw = () => draw(drawing, state);
  figure.update = (next, text) => {
    state.data = next;
    if (text) drawing.setAttribute('aria-label', `${label}. ${text}`);
    if (state.plot) state.plot.setData(next);
    else draw(drawing, state);
  };
  figure.end = () => { observer.disconnect(); state.plot?.destroy(); };
  return figure;
}

function resize(drawing, state) {
  const width = drawing.clientWidth;
  if (!width || width === state.width) return;
  state.width = width;
  if (state.plot) state.plot.setSize({ width, height: state.height });
  else draw(drawing, state);
}

function draw(drawing, state) {
  const width = drawing.clientWidth;
  if (!width) return;
  state.width = width;
  state.plot?.destroy();
  state.plot = undefined;
  drawing.replaceChildren();
  if (state.uPlot) state.plot = new state.uPlot(options(state, width), state.data, drawing);
  else drawing.append(plain(state, width));
}

// Hours of the reader's clock; days where the line goes over several.
function hours(u, all) {
  const days = all.at(-1) - all[0] > 86400;
  const quick = all.at(-1) - all[0] < 240;
  const two = (n) => String(n).padStart(2, '0');
  return all.map((t) => {
    const d = new Date(t * 1000);
    const hour = `${two(d.getHours())}:${two(d.getMinutes())}${quick ? `:${two(d.getSeconds())}` : ''}`;
    return days && hour === '00:00' ? `${d.getDate()}.${d.getMonth() + 1}.` : hour;
  });
}

// Points where there are few, or one would see nothing of them.
const few = (u, i) => u.data[i].filter((v) => v !== null).length < 15;

function options({ lines, height, value }, width) {
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return {
    width, height, legend: { show: false }, cursor: { y: false, points: { size: 5 } }, padding: [8, 8, 0, 0],
    scales: { y: { range: (u, min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [{ ...axis, size: 28, values: hours }, { ...axis, size: 62, values: (u, all) => all.map(value) }],
    series: [{}, ...lines.map((l) => ({ label: l.label, stroke: colour(l.colour), width: 1.5, spanGaps: true, points: { show: few, size: 4 }, fill: l.fill ? `${colour(l.colour)}1f` : undefined }))],
  };
}

function plain({ lines, data, height, value }, width) {
  const [times, ...all] = data;
  const [left, right, top, bottom] = [62, 8, 8, 8];
  const most = Math.max(1e-9, ...all.flat().filter((v) => typeof v === 'number')) * 1.1;
  const [from, to] = [times[0], times.at(-1)];
  const x = (t) => left + ((width - left - right) * (t - from)) / Math.max(1, to - from);
  const y = (v) => height - bottom - ((height - top - bottom) * v) / most;
  const grid = [0, 0.5, 1].map((part) => [
    s('line', { x1: left, x2: width - right, y1: y(part * most), y2: y(part * most), stroke: colour('--line') }),
    s('text', { x: left - 8, y: y(part * most) + 4, 'text-anchor': 'end', 'font-size': 11, fill: colour('--muted') }, value(part * most)),
  ]);
  const paths = all.map((values, i) => s('polyline', {
    fill: 'none', stroke: colour(lines[i].colour), 'stroke-width': 1.5,
    points: values.map((v, k) => (typeof v === 'number' ? `${x(times[k]).toFixed(1)},${y(v).toFixed(1)}` : '')).filter(Boolean).join(' '),
  }));
  return s('svg', { width, height, viewBox: `0 0 ${width} ${height}` }, grid.flat(), paths);
}

// A line without axes, as large as a word.
export function spark(values, { width = 84, height = 20, label } = {}) {
  const numbers = values.map((v) => (typeof v === 'number' ? v : 0));
  const most = Math.max(...numbers, 1e-9);
  const step = numbers.length > 1 ? (width - 4) / (numbers.length - 1) : 0;
  const points = numbers.map((v, i) => `${(2 + i * step).toFixed(1)},${(height - 3 - ((height - 6) * v) / most).toFixed(1)}`);
  const last = points.at(-1)?.split(',');
  return s('svg', { class: 'spark', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label ?? 'trend' },
    s('polyline', { points: points.join(' '), fill: 'none' }), ...(last ? [s('circle', { cx: last[0], cy: last[1], r: 2 })] : []));
}
