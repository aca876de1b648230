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

// The error of a create with these attributes, or of a list with this query.
const refusal = async (attributes, headers) =>
  (await call('POST', root, { key: me.key, headers, body: { data: { attributes } } })).json.errors[0];
const refusedList = async (query) => (await call('GET', `${root}?${query}`, { key: me.key })).json.errors[0];

test('an error calls a member what the client calls it', async () => {
  for (const name of ['destination-organization-id', 'destinationOrganizationId', 'destination_organization_id']) {
    const malformed = await refusal({ [name]: 'a/b' });
    assert.deepEqual([malformed.detail, malformed.source], [`"${name}" cannot be "a/b".`, { pointer: `/data/attributes/${name}` }]);
    const unknown = await refusal({ [name]: 'org_NOWHERE' });
    assert.deepEqual([unknown.status, unknown.source], ['422', { pointer: `/data/attributes/${name}` }]);
    const number = await refusal({ [name]: 5 });
    assert.deepEqual([number.detail, number.source], [`"${name}" must be a string.`, { pointer: `/data/attributes/${name}` }]);
  }
});

test('a member that is missing is called as the client would have written it', async () => {
  const missing = async (attributes, headers) => {
    const { code, detail, source } = await refusal(attributes, headers);
    assert.equal(code, 'parameter_missing');
    assert.equal(detail, `"${source.pointer.split('/').pop()}" must be given.`);
    return source.pointer;
  };
  assert.equal(await missing({}), '/data/attributes/destination-organization-id');
  assert.equal(await missing({}, { 'Key-Inflection': 'camel' }), '/data/attributes/destinationOrganizationId');
  assert.equal(await missing({}, { 'Key-Inflection': 'snake' }), '/data/attributes/destination_organization_id');
  assert.equal(await missing({ someOther: 1 }), '/data/attributes/destinationOrganizationId');
  assert.equal(await missing({ some_other: 1 }), '/data/attributes/destination_organization_id');
});

test('a parameter is called as it was sent', async () => {
  for (const name of ['filter[source-organization-id]', 'filter[sourceOrganizationId]', 'filter[source_organization_id]']) {
    const { detail, source } = await refusedList(`${name}=a%2Fb`);
    assert.deepEqual([detail, source], [`"${name}" cannot be "a/b".`, { parameter: name }]);
  }
  assert.deepEqual((await refusedList('filter[status]=open')).detail, '"filter[status]" must be "pending", "active" or "inactive".');
  assert.deepEqual((await refusedList('filter%5Bdirection%5D=up')).detail, '"filter[direction]" must be "inbound" or "outbound".');
  assert.deepEqual((await refusedList('page[after]=page_after')).detail, '"page[after]" cannot be "page_after".');
  const { id } = (await call('POST', root, { key: me.key, body: { data: { attributes: { 'destination-organization-id': me.id } } } })).json.data;
  assert.deepEqual((await refusedList(`page[after]=${id}&page[before]=${id}`)).detail, '"page[after]" and "page[before]" exclude each other.');
  const zero = await refusedList('page[before]=%00');
  assert.deepEqual([zero.detail, zero.source], ['"page[before]" is not text in UTF-8.', { parameter: 'page[before]' }]);
});

test('a pointer is escaped as RFC 6901 has it', async () => {
  const { source, detail } = await refusal({ 'destination-organization-id': 'org_NOWHERE', 'a/b~c': 1 }).then(async (first) => {
    assert.equal(first.code, 'organization_unknown');
    const other = await organization();
    return refusal({ 'destination-organization-id': other.id, 'a/b~c': 1 });
  });
  assert.deepEqual([source, detail], [{ pointer: '/data/attributes/a~1b~0c' }, '"a/b~c" is nothing that this operation takes.']);
});

test('the closed shape has its own way with names, whatever the client wrote', async () => {
  const persona = { 'Persona-Version': '2025-12-08' };
  assert.equal((await refusal({ destinationOrganizationId: 5 }, persona)).details, 'data.attributes.destination_organization_id is invalid');
  assert.equal((await refusal({}, { ...persona, 'Key-Inflection': 'camel' })).details, 'data.attributes.destination_organization_id is missing');
  const list = await call('GET', `${root}?filter[sourceOrganizationId]=a/b`, { key: me.key, headers: persona });
  assert.equal(list.json.errors[0].details, 'filter.source_organization_id is invalid');
});
