// Runs through the API of waiting rooms with Cloudflare's own client. Only base URL and token are ours.
// MAITRED_URL: scheme and authority; MAITRED_TOKEN_FILE: a file with a token without restrictions;
// MAITRED_PREFIX: /client/v4 unless set. The installation must have its default zone and no room in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Cloudflare from 'cloudflare';

const url = process.env.MAITRED_URL;
const token = readFileSync(process.env.MAITRED_TOKEN_FILE, 'utf8').trim();
const baseURL = url + (process.env.MAITRED_PREFIX ?? '/client/v4');
const options = { baseURL, maxRetries: 0, timeout: 30_000 };
const client = new Cloudflare({ ...options, apiToken: token });
const EVENT = { event_start_time: '2040-01-01T10:00:00Z', event_end_time: '2040-01-01T12:00:00+01:00' };
let zone_id;

const collect = async (list) => {
  const all = [];
  for await (const item of list) all.push(item);
  return all;
};

/** The error of a call, which must have a status and a first code. */
const refused = async (status, code, call) => {
  const error = await call().then(
    () => assert.fail(`expected ${status}/${code}, but it was accepted`),
    (failure) => failure,
  );
  assert.ok(error instanceof Cloudflare.APIError, String(error));
  assert.equal(error.status, status, String(error));
  assert.equal(error.errors[0].code, code, JSON.stringify(error.errors));
  return error;
};

const room = (name, more = {}) => ({
  zone_id,
  name,
  host: 'shop.example.com',
  path: '/' + name,
  total_active_users: 500,
  new_users_per_minute: 300,
  ...more,
});

const checks = {
  async 'the token is verified, in each form in which it may be sent'() {
    assert.equal((await client.user.tokens.verify()).status, 'active');
    const byKey = new Cloudflare({ ...options, apiToken: null, apiEmail: 'a@example.com', apiKey: token });
    assert.equal((await collect(byKey.zones.list())).length, 1);
    const byService = new Cloudflare({ ...options, apiToken: null, userServiceKey: token });
    assert.equal((await collect(byService.zones.list())).length, 1);
    const stranger = new Cloudflare({ ...options, apiToken: 'no-such-token-anywhere' });
    const error = await refused(401, 10000, () => stranger.zones.list());
    assert.ok(error instanceof Cloudflare.AuthenticationError);
  },

  async 'zones and accounts are found by their names'() {
    const [zone] = await collect(client.zones.list({ name: 'default' }));
    zone_id = zone.id;
    assert.match(zone_id, /^[0-9a-f]{32}$/);
    assert.equal((await client.zones.get({ zone_id })).name, 'default');
    assert.deepEqual(await collect(client.zones.list({ name: 'other' })), []);
    const [account] = await collect(client.accounts.list());
    assert.equal(account.id, zone.account.id);
  },

  async 'a room is created, read, replaced, edited and deleted'() {
    const made = await client.waitingRooms.create(room('life', { session_duration: 10, queueing_method: 'RANDOM' }));
    assert.match(made.id, /^[0-9a-f]{32}$/);
    assert.equal(made.queueing_method, 'random');
    assert.equal(made.suspended, false);
    assert.equal(made.next_event_start_time, null);
    assert.deepEqual(await client.waitingRooms.get(made.id, { zone_id }), made);

    const edited = await client.waitingRooms.edit(made.id, { ...room('life'), suspended: true });
    assert.equal(edited.session_duration, 10);
    assert.equal(edited.suspended, true);
    assert.equal(edited.created_on, made.created_on);
    const replaced = await client.waitingRooms.update(made.id, room('life', { queueing_status_code: 202 }));
    assert.equal(replaced.session_duration, 5);
    assert.equal(replaced.suspended, false);
    assert.equal(replaced.queueing_status_code, 202);

    assert.deepEqual(await client.waitingRooms.delete(made.id, { zone_id }), { id: made.id });
    const error = await refused(404, 1001, () => client.waitingRooms.delete(made.id, { zone_id }));
    assert.ok(error instanceof Cloudflare.NotFoundError);
  },

  async 'what is not valid is refused with a pointer, and at once'() {
    const error = await refused(400, 1002, () =>
      client.waitingRooms.create(room('bad', { new_users_per_minute: 501 })));
    assert.ok(error instanceof Cloudflare.BadRequestError);
    assert.equal(error.errors[0].source.pointer, '/new_users_per_minute');
    assert.match(error.errors[0].message, /: invalid data$/);
    await refused(404, 1001, () => client.waitingRooms.get('f'.repeat(32), { zone_id }));
    await refused(404, 7003, () => client.waitingRooms.list({ zone_id: 'nonsense' }));
  },

  async 'iterators go through all pages and end'() {
    const names = Array.from({ length: 12 }, (_, i) => `page-${i}`);
    const made = [];
    for (const name of names) made.push(await client.waitingRooms.create(room(name)));
    const listed = await collect(client.waitingRooms.list({ zone_id, per_page: 5 }));
    assert.deepEqual(listed.map((r) => r.name), names);
    const [{ account }] = await collect(client.zones.list());
    const ofAccount = await collect(client.waitingRooms.list({ account_id: account.id, per_page: 10 }));
    assert.deepEqual(ofAccount.map((r) => r.id), made.map((r) => r.id));
    const second = await client.waitingRooms.list({ zone_id, page: 2, per_page: 5 });
    assert.deepEqual(second.result_info, { page: 2, per_page: 5, count: 5, total_count: 12, total_pages: 3 });
    const beyond = await client.waitingRooms.list({ zone_id, page: 9, per_page: 5 });
    assert.deepEqual(beyond.result, []);
    await refused(400, 1002, () => client.waitingRooms.list({ zone_id, per_page: 7 }));
    for (const { id } of made) await client.waitingRooms.delete(id, { zone_id });
  },

  async 'events are kept with their room, with what they inherit'() {
    const { id } = await client.waitingRooms.create(room('events', { session_duration: 7 }));
    const events = client.waitingRooms.events;
    const made = await events.create(id, { zone_id, name: 'sale', ...EVENT, prequeue_start_time: '2040-01-01T09:00:00Z' });
    assert.equal(made.event_end_time, '2040-01-01T11:00:00.000Z');
    assert.equal(made.session_duration, null);
    const one = { zone_id, waiting_room_id: id };
    assert.deepEqual(await events.get(made.id, one), made);
    assert.equal((await events.details.get(made.id, one)).session_duration, 7);
    assert.equal((await client.waitingRooms.get(id, { zone_id })).next_event_start_time, made.event_start_time);
    const edited = await events.edit(made.id, { ...one, name: 'sale', ...EVENT, shuffle_at_event_start: true });
    assert.equal(edited.shuffle_at_event_start, true);
    assert.equal(edited.prequeue_start_time, made.prequeue_start_time);
    const replaced = await events.update(made.id, { ...one, name: 'sale2', ...EVENT });
    assert.equal(replaced.prequeue_start_time, null);
    await refused(400, 1003, () => events.create(id, { zone_id, name: 'other', ...EVENT }));
    assert.deepEqual((await collect(events.list(id, { zone_id }))).map((e) => e.name), ['sale2']);
    assert.deepEqual(await events.delete(made.id, one), { id: made.id });
    await refused(404, 1001, () => events.get(made.id, one));
    await client.waitingRooms.delete(id, { zone_id });
  },

  async 'rules are answered as a whole after each change'() {
    const { id } = await client.waitingRooms.create(room('rules'));
    const rules = client.waitingRooms.rules;
    const rule = (n) => ({ action: 'bypass_waiting_room', expression: `ip.src in {10.0.0.${n}}`, description: `r${n}` });
    const order = (list) => list.map((r) => r.description);
    const one = { zone_id, waiting_room_id: id };
    await rules.create(id, { zone_id, rules: rule(1) });
    const two = (await rules.create(id, { zone_id, rules: rule(2) })).result;
    assert.deepEqual(order(two), ['r1', 'r2']);
    assert.equal(two[0].version, '1');
    const moved = await collect(rules.edit(two[1].id, { ...one, ...rule(2), position: { index: 1 } }));
    assert.deepEqual(order(moved), ['r2', 'r1']);
    assert.equal(moved[0].version, '2');
    const last = await collect(rules.edit(two[1].id, { ...one, ...rule(2), position: { after: '' } }));
    assert.deepEqual(order(last), ['r1', 'r2']);
    await refused(400, 1002, () => rules.create(id, { zone_id, rules: { ...rule(3), expression: 'ip.src in {' } }));
    const anew = await collect(rules.update(id, { zone_id, rules: [rule(7), rule(8), rule(9)] }));
    assert.deepEqual(order(anew), ['r7', 'r8', 'r9']);
    assert.deepEqual(order(await collect(rules.delete(anew[1].id, one))), ['r7', 'r9']);
    assert.deepEqual(order(await collect(rules.get(id, { zone_id }))), ['r7', 'r9']);
    await client.waitingRooms.delete(id, { zone_id });
  },

  async 'settings hold for the zone'() {
    const settings = client.waitingRooms.settings;
    assert.deepEqual(await settings.get({ zone_id }), { search_engine_crawler_bypass: false });
    assert.deepEqual(await settings.edit({ zone_id, search_engine_crawler_bypass: true }), { search_engine_crawler_bypass: true });
    assert.deepEqual(await settings.edit({ zone_id }), { search_engine_crawler_bypass: true });
    assert.deepEqual(await settings.update({ zone_id }), { search_engine_crawler_bypass: false });
  },

  async 'the status tells what goes on'() {
    const { id } = await client.waitingRooms.create(room('status'));
    assert.deepEqual(await client.waitingRooms.statuses.get(id, { zone_id }), {
      status: 'not_queueing',
      event_id: '',
      estimated_queued_users: 0,
      estimated_total_active_users: 0,
      max_estimated_time_minutes: 0,
    });
    await client.waitingRooms.edit(id, { ...room('status'), queue_all: true });
    assert.equal((await client.waitingRooms.statuses.get(id, { zone_id })).status, 'queueing');
    await client.waitingRooms.edit(id, { ...room('status'), suspended: true });
    assert.equal((await client.waitingRooms.statuses.get(id, { zone_id })).status, 'suspended');
    await client.waitingRooms.delete(id, { zone_id });
  },

  async 'a template is previewed, by everybody who knows the address'() {
    const { preview_url } = await client.waitingRooms.page.preview({
      zone_id,
      custom_html: '<p>{{#waitTimeKnown}}about {{waitTime}} minutes{{/waitTimeKnown}}{{^waitTimeKnown}}unknown{{/waitTimeKnown}}</p>',
    });
    assert.match(preview_url, /^https?:\/\/[^/]+\/preview\/[0-9a-f-]{36}$/);
    const shown = await fetch(preview_url + '?waitTime=35');
    assert.equal(shown.status, 200);
    assert.match(shown.headers.get('content-security-policy'), /sandbox/);
    assert.match(await shown.text(), /about 35 minutes/);
    assert.match(await (await fetch(preview_url + '?force_queue=true')).text(), /unknown/);
    assert.match(await (await fetch(preview_url + '?queueing_method=passthrough')).text(), /Welcome/);
    assert.equal((await fetch(preview_url + '?waitTime=-1')).status, 400);
    await refused(400, 1002, () => client.waitingRooms.page.preview({ zone_id, custom_html: '{{#open}}' }));
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log('ok   ' + name);
  } catch (failure) {
    console.log('FAIL ' + name);
    console.log(failure);
    process.exitCode = 1;
  }
}
console.log(process.exitCode ? 'failed' : 'all checks passed');
