// A corpus of bodies: what RFC 8259 rejects is 400, and so are members that
// stand twice, nesting deeper than 32 and lone surrogates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, errorOf, organization, root } from './connections.mjs';

const me = await organization();
const wrap = (value) => `{"data":{"attributes":{"destination-organization-id":"org_NOWHERE","name":${value}}}}`;
const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);
const bytes = (...parts) => Buffer.from(parts.flatMap((part) => typeof part === 'string' ? [...Buffer.from(part)] : part));

// Bodies that are JSON objects; the last refusal, an unknown organization, shows that they were read.
const valid = [
  wrap('"plain"'),
  wrap('"\\u00e9\\ud83d\\ude00"'),
  wrap('"é😀"'),
  wrap('"\\"\\\\\\/\\b\\f\\n\\r\\t"'),
  wrap('null'),
  ` \t\r\n${wrap('"x"')}\n`,
  wrap('"x"').replace('{"data"', `{"meta":${deep(30)},"data"`),
  wrap('"x"').replace('{"data"', '{"meta":[0,-0,1.5e+10,-1E-2,true,false,null,{}],"data"'),
  wrap('"x"').replace('"name"', '"\\u006eame"'),
  wrap('"]]]]]]]]{{{{{{{{[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["'),
];

const invalid = [
  '{', '}', '[', '{"data"', '{"data":}', '{"data":1,}', '{,}', "{'data':1}", '{data:1}', '{"data":1}x', '{"data":1}{}',
  '{"data":01}', '{"data":+1}', '{"data":1.}', '{"data":.5}', '{"data":1e}', '{"data":0x10}', '{"data":NaN}', '{"data":Infinity}',
  '{"data":True}', '{"data":nul}', '{"data":"\t"}', '{"data":"\n"}', '{"data":"\\x41"}', '{"data":"\\u00g0"}', '{"data":"\\u00"}',
  '{"data":"open}', '// comment\n{}', '{}/**/', '\u00a0{}', '\ufeff{}',
  '[]', '"text"', '5', 'null', 'true', '   ',
  wrap('"\\ud800"'), wrap('"\\udc00"'), wrap('"\\udc00\\ud800"'), wrap('"\\ud800x"'), wrap('"\\u0000"'),
  '{"data":{},"data":{}}', wrap('"a","name":"b"'), wrap('"a","\\u006eame":"b"'),
  wrap('"x"').replace('{"data"', `{"meta":${deep(32)},"data"`),
  deep(100000),
  bytes('{"data":"', [0xff], '"}'), bytes('{"data":"', [0xc0, 0x80], '"}'), bytes('{"data":"', [0xed, 0xa0, 0x80], '"}'),
  bytes('{"data":"', [0xf4, 0x90, 0x80, 0x80], '"}'), bytes('{"data":1}', [0]), bytes([0], '{}'),
];

const send = (body) => call('POST', root, { key: me.key, headers: { 'Content-Type': 'application/json' }, body });

test('valid bodies are read', async (t) => {
  for (const [i, body] of valid.entries()) {
    await t.test(`valid ${i}`, async () => assert.equal(errorOf(await send(body)), '422 organization_unknown'));
  }
});

test('invalid bodies are 400 body_invalid', async (t) => {
  for (const [i, body] of invalid.entries()) {
    await t.test(`invalid ${i}: ${String(body).slice(0, 30).replace(/[^ -~]/g, '?')}`, async () =>
      assert.equal(errorOf(await send(body)), '400 body_invalid'));
  }
});

test('members are objects and strings where they must be', async () => {
  for (const [body, pointer, what] of [
    ['{"data":[]}', '/data', 'an object'], ['{"data":{"attributes":5}}', '/data/attributes', 'an object'],
    ['{"data":{"type":1}}', '/data/type', 'a string'], ['{"data":{"id":{}}}', '/data/id', 'a string'],
  ]) {
    const { json: { errors: [error] } } = await send(body);
    assert.deepEqual([error.status, error.code, error.source, error.detail],
      ['400', 'parameter_invalid', { pointer }, `"${pointer.split('/').pop()}" must be ${what}.`], body);
  }
});

test('an action takes an empty body, and only a JSON object else', async () => {
  const path = `${root}/cxn_nowhere/activate`;
  const post = (body) => call('POST', path, { key: me.key, headers: { 'Content-Type': 'application/json' }, body });
  assert.equal(errorOf(await call('POST', path, { key: me.key })), '404 not_found');
  assert.equal(errorOf(await post('{}')), '404 not_found');
  assert.equal(errorOf(await post('[]')), '400 body_invalid');
  assert.equal(errorOf(await post('{"meta":{"reason":5}}')), '400 parameter_invalid');
  assert.equal(errorOf(await post('{"meta":{"scopes":["a",null]}}')), '400 parameter_invalid');
  assert.equal(errorOf(await post('{"meta":{"reason":null}}')), '404 not_found');
});
