// A JSON:API client that we did not write works through the stack: kitsu, from npm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Kitsu from 'kitsu';
import { organization } from './connections.mjs';

const client = ({ key }) => new Kitsu({
  baseURL: `${process.env.CONNECT_URL}/api/v1/connect`,
  headers: { Authorization: `Bearer ${key}` },
  camelCaseTypes: false,
  pluralize: false,
});

test('kitsu creates, lists, retrieves, updates, activates and deactivates', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const [source, destination] = [client(a), client(b)];

  const made = await source.request({
    method: 'POST',
    url: 'connections',
    type: 'connect/connection',
    body: { 'destination-organization-id': b.id, name: 'By a library' },
  });
  const { id } = made.data;
  assert.equal(made.data.status, 'pending');

  const listed = await destination.get('connections', { params: { filter: { status: 'pending' }, page: { size: 5 } } });
  assert.deepEqual(listed.data.map((row) => [row.id, row.name]), [[id, 'By a library']]);

  const act = (who, action) => who.request({
    method: 'POST',
    url: `connections/${id}/${action}`,
    type: 'connect/connection',
    body: {},
  });
  assert.equal((await act(destination, 'activate')).data.status, 'active');
  assert.equal((await source.get(`connections/${id}`)).data.status, 'active');
  const renamed = await source.request({
    method: 'PATCH',
    url: `connections/${id}`,
    type: 'connect/connection',
    body: { id, name: 'Renamed' },
  });
  assert.equal(renamed.data.name, 'Renamed');
  assert.equal((await act(destination, 'deactivate')).data.status, 'inactive');

  const error = await act(source, 'deactivate').catch((caught) => caught);
  assert.equal(error.errors[0].code, 'connection_inactive');
});
