// node contract.mjs FIXTURES: the API against its own document, both ways. TAP
// on stdout. tests/daemon/test_contract.c starts what answers, and writes the
// file of fixtures: where it is, and what there is to ask for.
//
// contract/*.mjs has the cases, a file a door: each exports a function of the
// fixtures and the document's operations that returns a list of
//   { op, status, code?, at?, path?, query?, headers?, json?, form?, raw?, then? }
// where op is an operationId, and status and code what must be answered; values
// may be functions, which are called when the case's turn comes. at is "plain" for the
// instance that asks for no keys, and has none of the doors that an operator must
// open; "pulled" is one whose kinds are asked for by Violet's miners, and which
// asks for no keys either; else it is the one with all doors, and who asks has an
// admin's key where the document says so.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { run, test } from './tap.mjs';

const require = createRequire(import.meta.url);
const { createConfig, lintFromString } = require('@redocly/openapi-core');
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const fixtures = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const document = await (await fetch(`${fixtures.url}/openapi.json`)).json();

// -- the document -------------------------------------------------------------

async function lint() {
  const config = await createConfig({
    extends: ['recommended'],
    // An answer of any other status is a problem: "default".
    rules: { 'operation-4xx-response': 'off' },
  });
  const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config });
  const errors = found.filter((p) => p.severity === 'error');
  assert.deepEqual(errors.map((p) => `${p.ruleId} ${p.location[0].pointer}: ${p.message}`), []);
  return `${Object.keys(document.paths).length} paths, ${found.length} warnings`;
}

const operations = new Map();
for (const [path, item] of Object.entries(document.paths)) {
  for (const method of METHODS) {
    if (item[method]) operations.set(item[method].operationId, { path, method, spec: item[method] });
  }
}

// -- validation ---------------------------------------------------------------

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
ajv.addSchema(document, 'openapi');

const escape = (part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
const pointer = (...parts) => parts.map((p) => `/${escape(p)}`).join('');

// Follows a $ref; the value and where it stands.
function resolve(value, at) {
  if (value?.$ref === undefined) return { value, at };
  const parts = value.$ref.slice(2).split('/');
  return { value: parts.reduce((v, p) => v[p], document), at: pointer(...parts) };
}

function check(at, value, what) {
  const validate = ajv.getSchema(`openapi#${at}`) ?? ajv.compile({ $ref: `openapi#${at}` });
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)?.slice(0, 2000)}`);
}

// "text/html; charset=utf-8" among the types of an answer, of which */* is one.
function typeOf(content, header) {
  const type = (header ?? '').split(';')[0].trim();
  return type in content ? type : '*/*' in content ? '*/*' : undefined;
}

// A stream that goes on for ever is read up to its first figures.
async function bytesOf(response) {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return Buffer.from(await response.arrayBuffer());
  const read = [];
  for await (const part of response.body) {
    read.push(Buffer.from(part));
    if (Buffer.concat(read).includes('event: now')) break;
  }
  return Buffer.concat(read);
}

async function checkAnswer(op, response, what) {
  const base = pointer('paths', op.path, op.method, 'responses');
  const status = String(response.status) in op.spec.responses ? String(response.status) : 'default';
  assert.ok(status in op.spec.responses, `${what}: ${response.status} is not in the document`);
  const { value, at } = resolve(op.spec.responses[status], base + pointer(status));
  const bytes = await bytesOf(response);
  assert.ok(response.headers.get('x-request-id'), `${what}: no X-Request-Id`);
  for (const [name, header] of Object.entries(value.headers ?? {})) {
    const given = response.headers.get(name);
    if (name === 'Retry-After') assert.match(given ?? '', /^[0-9]+$/, `${what}: ${name}`);
    const schema = resolve(header, `${at}${pointer('headers', name)}`);
    if (given !== null && schema.value.schema.type === 'string') check(`${schema.at}/schema`, given, `${what}: ${name}`);
  }
  if (value.content === undefined) {
    assert.equal(bytes.length, 0, `${what}: a body`);
    return bytes;
  }
  const type = typeOf(value.content, response.headers.get('content-type'));
  assert.ok(type, `${what}: ${response.headers.get('content-type')} is not in the document`);
  if (type.endsWith('json')) {
    const json = JSON.parse(bytes);
    check(`${at}${pointer('content', type, 'schema')}`, json, what);
    return json;
  }
  return bytes;
}

// Of a form, by the names of its parts: all are text there.
function checkForm(content, form, what) {
  assert.ok('multipart/form-data' in content, `${what}: takes no form`);
  const { value: schema } = resolve(content['multipart/form-data'].schema);
  const lacking = (schema.required ?? []).filter((name) => !(name in form));
  const unknown = schema.additionalProperties === false ? Object.keys(form).filter((name) => !(name in schema.properties)) : [];
  assert.deepEqual({ lacking, unknown }, { lacking: [], unknown: [] }, `${what}: form`);
}

// What is sent and is good must be good by the document, too.
function checkRequest(op, it, what) {
  const content = op.spec.requestBody?.content ?? {};
  if (it.form !== undefined && it.status < 400) checkForm(content, it.form, what);
  if (it.json === undefined || it.status >= 400) return;
  assert.ok('application/json' in content, `${what}: takes no JSON`);
  check(pointer('paths', op.path, op.method, 'requestBody', 'content', 'application/json', 'schema'), it.json, `${what}: request`);
}

// Of a problem, or of an error in OpenAI's form.
const codeOf = (body) => body.code ?? body.error?.code;
const NO_KEY = ['key_missing', 'invalid_api_key'];

// Unless the operation says otherwise, what the document says of all holds.
const ways = (op) => op.spec.security ?? document.security;
const asksForKey = (op) => ways(op).length > 0 && ways(op).every((way) => Object.keys(way).length > 0);

// -- calls --------------------------------------------------------------------

const value = (v) => (typeof v === 'function' ? v() : v);

function urlOf(op, it) {
  const path = op.path.replace(/\{(\w+)\}/g, (_, name) => {
    assert.ok(it.path?.[name] !== undefined, `${it.op}: no ${name}`);
    return encodeURIComponent(it.path[name]);
  });
  const query = new URLSearchParams(it.query ?? {}).toString();
  return `${fixtures[it.at ?? 'url']}${path}${query ? `?${query}` : ''}`;
}

function requestOf(op, it) {
  const key = asksForKey(op) && !it.keyless ? { Authorization: `Bearer ${fixtures.key}` } : {};
  const init = { method: op.method.toUpperCase(), headers: { ...key, ...it.headers }, redirect: 'error' };
  if (it.raw !== undefined) init.body = it.raw;
  if (it.json !== undefined) {
    init.body = JSON.stringify(it.json);
    init.headers['Content-Type'] ??= 'application/json';
  }
  if (it.form !== undefined) {
    init.body = new FormData();
    for (const [name, part] of Object.entries(it.form)) {
      if (part.bytes) init.body.append(name, new Blob([part.bytes], { type: part.type }), part.name ?? 'file');
      else init.body.append(name, part);
    }
  }
  return init;
}

const covered = new Map();

async function call(given) {
  const it = Object.fromEntries(Object.entries(given).map(([k, v]) => [k, k === 'then' ? v : value(v)]));
  const op = operations.get(it.op);
  assert.ok(op, `there is no operation ${it.op}`);
  const what = `${it.op} (${it.status})`;
  checkRequest(op, it, what);
  const response = await fetch(urlOf(op, it), requestOf(op, it));
  const body = await checkAnswer(op, response, what);
  assert.equal(response.status, it.status, `${what}: ${JSON.stringify(body).slice(0, 500)}`);
  if (it.code !== undefined) assert.equal(codeOf(body), it.code, what);
  if (it.status >= 400 && body.code !== undefined) assert.equal(body.type, `/errors/${body.code}`);
  covered.set(it.op, (covered.get(it.op) ?? new Set()).add(it.status));
  given.then?.(body, response);
}

// -- the whole ----------------------------------------------------------------

test('the document passes a linter', lint);

const folder = new URL('./contract/', import.meta.url);
for (const file of readdirSync(folder).filter((f) => f.endsWith('.mjs')).sort()) {
  const { default: casesOf } = await import(new URL(file, folder));
  const cases = casesOf(fixtures, operations);
  for (const it of cases) test(`${file}: ${it.op}, ${it.status}`, () => call(it));
}

test('who has no key is refused where one is asked for, and nowhere else', async () => {
  const path = { id: '0190a0a0-0000-7000-8000-000000000001', name: 'x', hotkey: 'x', code: 'x', uid: '0', type: 'task', file: 'x', group: 'x' };
  let keyed = 0;
  for (const [id, op] of operations) {
    const it = { op: id, path, keyless: true };
    const response = await fetch(urlOf(op, it), requestOf(op, it));
    const body = await checkAnswer(op, response, `${id} without a key`);
    assert.equal(NO_KEY.includes(codeOf(body)), asksForKey(op), `${id}: ${response.status}`);
    keyed += asksForKey(op);
  }
  assert.ok(keyed > 0 && keyed < operations.size);
  return `${keyed} of ${operations.size} operations`;
});

test('every operation was called with good input, and with bad where there is any', () => {
  const lacking = [];
  for (const [id, op] of operations) {
    const had = [...(covered.get(id) ?? [])];
    const given = Object.keys(op.spec.responses).some((s) => s < '400');
    if (given && !had.some((s) => s < 400)) lacking.push(`${id}: no good call`);
    const refuses = Object.keys(op.spec.responses).some((s) => s.startsWith('4') && s !== '401');
    if (refuses && !had.some((s) => s >= 400)) lacking.push(`${id}: no bad call`);
  }
  assert.deepEqual(lacking, []);
  return `${operations.size} operations`;
});

process.exit((await run()) > 0 ? 1 : 0);
