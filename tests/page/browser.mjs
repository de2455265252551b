// Chromium with the page in it: whatever goes wrong in there unasked is kept, and is a failure of whoever looks.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const DESK = { width: 1280, height: 860 };
export const PHONE = { width: 390, height: 844 };
export const WAIT_MS = 90000;

const path = () => execFileSync('sh', ['-c', 'command -v "$1"', 'sh', process.env.CHROMIUM ?? 'chromium'], { encoding: 'utf8' }).trim();

export const launch = () => chromium.launch({ executablePath: path(), args: ['--no-sandbox', '--disable-gpu'] });

// Who looks: with a key or not, at a size, light or dark.
export async function look(browser, url, { key, size = DESK, dark = false } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
  if (key) await context.addInitScript((text) => { if (location.protocol !== 'about:') sessionStorage.setItem('subnetd.key', text); }, key);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const faults = [];
  // An icon that was not here yet when the page was left for about:blank.
  const isIdle = (text) => /Failed to load resource|icon\.svg' from origin 'null'/.test(text);
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error' && !isIdle(message.text())) faults.push(`console: ${message.text()}`); });
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (![url, 'data:', 'about:'].some((own) => request.url().startsWith(own))) faults.push(`elsewhere: ${request.url()}`); });
  return {
    page, faults,
    go: async (view) => { await page.goto('about:blank'); await page.goto(`${url}/#/${view}`); await settled(page); },
    close: async () => { await context.close(); assert.deepEqual(faults, []); },
  };
}

// What was loading has come, in whatever state it is.
export async function settled(page) {
  try {
    await page.waitForFunction(() => document.querySelector('#view h1, #view .state') && !document.querySelector('#view .state.loading'));
  } catch (error) {
    throw new Error(`${error.message}; the page says: ${await page.evaluate(() => document.body.innerText)}`);
  }
}

// No serious finding, and at a phone's width nothing that sticks out.
export async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${what}: ${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary ?? ''}`).slice(0, 3).join('; ')}`), []);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${what}: ${over} px wider than the window`);
  return violations.length;
}

export async function shoot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
