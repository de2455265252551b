// An S3 server (s3rver) with the bucket "files", behind a proxy that can fail
// as real storage does. For tests/lib/s3_server.c.
//
// usage: node s3server.mjs DIR    (on stderr: s3.listening port=N)
//
// Keys: S3RVER, secret S3RVER. Of the proxy's own:
//   POST /-/fault {"match", "times", "status"?, "code"?, "cut"?}   requests
//     that match "METHOD /path?query" are answered so, or cut off behind so
//     many bytes of either body; []: no faults any more
//   GET /-/count?match=REGEX    {"n"}: how many came so far, faults included
// s3rver knows no aborting of uploads: the proxy says 204 to that; and to an
// upload that was completed it says 404 NoSuchUpload, where s3rver says 500.

import http from 'node:http';
import { createRequire } from 'node:module';

const S3rver = createRequire(import.meta.url)('@20minutes/s3rver');
const bucket = 'files';
const seen = [];
const completed = new Set();
let faults = [];

const behind = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: bucket }],
});
const { port: storePort } = await behind.run();

function json(res, body) {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

async function control(req, res) {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/-/count') {
    const match = new RegExp(url.searchParams.get('match'));
    return json(res, { n: seen.filter((line) => match.test(line)).length });
  }
  const parts = [];
  for await (const part of req) parts.push(part);
  const said = JSON.parse(Buffer.concat(parts).toString());
  if (Array.isArray(said)) faults = said;
  else faults.push(said);
  return json(res, {});
}

function faultOf(line) {
  const fault = faults.find((f) => f.times > 0 && new RegExp(f.match).test(line));
  if (fault) fault.times -= 1;
  return fault;
}

function uploadId(req) {
  return new URL(req.url, 'http://x').searchParams.get('uploadId');
}

// What is left of the body is read, as a server does that wants to be heard.
function refuse(req, res, fault) {
  req.resume();
  req.on('end', () => {
    res.writeHead(fault.status, { 'content-type': 'application/xml' });
    res.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code></Error>`);
  });
}

// Counts a stream's bytes, and ends the connection behind the last one.
function cutting(stream, socket, bytes) {
  let left = bytes;
  stream.on('data', (data) => {
    left -= data.length;
    if (left <= 0) socket.destroy();
  });
}

function pass(req, res, fault) {
  const up = http.request({
    host: '127.0.0.1',
    port: storePort,
    method: req.method,
    path: req.url,
    headers: req.headers,
  });
  up.on('error', () => res.destroy());
  up.on('response', (answer) => {
    const id = uploadId(req);
    if (req.method === 'POST' && id && answer.statusCode === 200) completed.add(id);
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
    if (fault) cutting(answer, req.socket, fault.cut);
    answer.on('error', () => res.destroy());
  });
  res.on('close', () => up.destroy());
  if (fault && req.method === 'PUT') cutting(req, req.socket, fault.cut);
  req.pipe(up);
}

const front = http.createServer((req, res) => {
  if (req.url.startsWith('/-/')) {
    control(req, res);
    return;
  }
  const line = `${req.method} ${req.url}`;
  const fault = faultOf(line);
  seen.push(line);
  if (fault && fault.status) {
    refuse(req, res, fault);
  } else if (completed.has(uploadId(req))) {
    refuse(req, res, { status: 404, code: 'NoSuchUpload' });
  } else if (req.method === 'DELETE' && uploadId(req)) {
    res.writeHead(204);
    res.end();
  } else {
    pass(req, res, fault);
  }
});
front.requestTimeout = 0;
front.listen(0, '127.0.0.1', () => {
  console.error(`info s3 s3.listening port=${front.address().port}`);
});
process.on('SIGTERM', () => process.exit(0));
