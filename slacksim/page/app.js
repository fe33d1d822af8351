// Entry point: wires the modules together, follows the events of the person now played,
// and keeps the address bar true (?person=&channel=&thread=&ts=).

import * as api from './api.js';
import { fill, h, iconButton } from './dom.js';
import { appChannel, load, nameOf, on, store, titleOf } from './store.js';
import { speak, t } from './texts.js';
import { composer } from './composer.js';
import * as agent from './agent.js';
import * as feed from './feed.js';
import * as home from './home.js';
import { closeMenu } from './menus.js';
import { avatar } from './message.js';
import { List } from './messages.js';
import * as modal from './modal.js';
import * as sidebar from './sidebar.js';
import * as thread from './thread.js';
import { clear, toast } from './toasts.js';

const head = h('header', { class: 'pane-head' });
const content = h('div', { class: 'content' });
const main = h('main', { id: 'main', class: 'main' }, head, content);
const status = h('div', { class: 'offline', role: 'status', hidden: true });
const list = new List();
let disconnect = () => {};
let stateTimer = 0;

sidebar.attach(document.body);
document.body.append(main, thread.el, status);

function trouble(error) {
  toast({ level: 'error', text: error.message === 'offline' ? t('offline') : error.message });
}

/** play starts over as a person. */
async function play(person, where = {}) {
  disconnect();
  closeMenu();
  const state = await api.state(person);
  load(state);
  speak(store.person.locale);
  feed.reset();
  agent.forget();
  home.forget();
  modal.forget();
  thread.close();
  store.channel = '';
  document.body.dataset.person = store.person.id;
  disconnect = api.connect(store.person.id, event, connected);
  const wanted = store.channels.get(where.channel) || [...store.channels.values()].find((c) => c.name === where.channel);
  const first = [...store.channels.values()].find((c) => c.kind !== 'im') || [...store.channels.values()][0];
  if (where.channel && !wanted && where.linked) toast({ level: 'warning', text: t('not_here', { name: nameOf(store.person.id) }) });
  await Promise.all([openChannel((wanted || first || {}).id, wanted ? where : {}), modal.sync()]);
  lookElsewhere();
}

async function openChannel(id, { thread: ts = '', ts: mark = '', tab = '' } = {}) {
  const channel = store.channels.get(id);
  if (!channel) {
    sidebar.draw();
    return;
  }
  thread.close();
  store.channel = id;
  const app = appChannel();
  store.tab = app && app.id === id ? tab || (store.app.messages_tab === false ? 'home' : 'messages') : 'messages';
  if (store.tab !== 'home') channel.unread = 0;
  sidebar.draw();
  retitle();
  drawMain();
  remember();
  try {
    if (store.tab === 'home') {
      home.opened();
      return;
    }
    if (app && app.id === id) api.openHome(store.person.id, 'messages').catch(trouble);
    await feed.read(id);
    if (ts) await thread.open(id, ts, { focus: false });
    if (mark) (ts ? thread : list).reveal(mark);
  } catch (error) {
    trouble(error);
  }
}

function drawMain() {
  const channel = store.channels.get(store.channel);
  const app = appChannel();
  const isApp = app && app.id === channel.id;
  const name = titleOf(channel);
  fill(head,
    iconButton('menu', t('menu'), () => sidebar.slide(), { class: 'drawer-open-button', data: { testid: 'menu-button' } }),
    h('div', { class: 'pane-title' }, h('h1', null, channel.kind === 'im' ? name : `#${name}`), h('span', { class: 'quiet pane-note' }, note(channel, isApp))),
    isApp ? tabs() : null,
    h('span', { class: 'me-chip', title: nameOf(store.person.id) }, avatar(store.person.id, nameOf(store.person.id), { small: true }), h('span', null, nameOf(store.person.id))));
  if (store.tab === 'home') {
    home.draw();
    fill(content, home.el);
    return;
  }
  const to = channel.kind === 'im' ? name : `#${name}`;
  const box = composer({ channel: channel.id, placeholder: t('message_to', { name: to }), drop: content });
  fill(content, list.el, agent.bar(channel.id), box.el);
  list.show(channel.id, channel.id, feed.messagesOf(channel.id));
  if (!window.matchMedia('(hover: none)').matches) box.focus();
}

function note(channel, isApp) {
  if (isApp) return t('app');
  if (channel.topic) return typeof channel.topic === 'string' ? channel.topic : channel.topic.value || '';
  const n = Array.isArray(channel.members) ? channel.members.length : channel.members;
  return n ? t('members', { n }) : '';
}

function tabs() {
  if (store.app.home_tab === false) return null;
  const tab = (id) => h('button', {
    type: 'button', role: 'tab', class: 'tab', 'aria-selected': String(store.tab === id), data: { testid: `tab-${id}` },
    on: { click: () => openChannel(store.channel, { tab: id }) },
  }, t(id));
  return h('div', { class: 'tabs', role: 'tablist' }, tab('home'), store.app.messages_tab === false ? null : tab('messages'));
}

// Switching people or channels is a step that the back button undoes.
function remember() {
  const query = new URLSearchParams({ person: store.person.id, channel: store.channel });
  if (store.thread) query.set('thread', store.thread);
  if (store.tab === 'home') query.set('tab', 'home');
  const address = `/?${query}`;
  if (address !== window.location.pathname + window.location.search) window.history.pushState(null, '', address);
}

async function refresh() {
  try {
    const { channel, tab } = store;
    load(await api.state(store.person.id));
    Object.assign(store, { channel, tab });
    if (store.channels.has(channel)) store.channels.get(channel).unread = 0;
    sidebar.draw();
    home.draw();
  } catch (error) {
    if (error.message !== 'offline') trouble(error);
  }
}

function refreshSoon() {
  clearTimeout(stateTimer);
  stateTimer = setTimeout(refresh, 120);
}

function connected(open, again) {
  status.hidden = open;
  status.textContent = open ? '' : t('reconnecting');
  if (!again) return;
  refresh();
  modal.sync().catch(() => {});
  if (store.channel) feed.read(store.channel).catch(() => {});
  if (store.thread) feed.readThread(store.channel, store.thread).catch(() => {});
}

function event(name, data) {
  if (name === 'toast') {
    toast(data);
  } else if (name === 'home_updated') {
    if (data.view || data.home) store.home = data.view || data.home;
    else refreshSoon();
    home.draw();
  } else if (name.startsWith('view_')) {
    modal.sync().catch(trouble);
  } else if (name === 'agent') {
    agent.take(data.channel, data.thread, data.agent);
  } else if (name === 'state') {
    refreshSoon();
  } else {
    heard(name, data);
  }
}

function heard(name, data) {
  const id = data.channel || (data.message || {}).channel;
  feed.apply(name, data);
  const channel = store.channels.get(id);
  if (!channel) {
    refreshSoon();
    return;
  }
  const message = data.message || data;
  if (name !== 'message' || message.user === store.person.id) return;
  if (id !== store.channel || store.tab === 'home' || document.hidden) {
    channel.unread = (channel.unread || 0) + 1;
    sidebar.draw();
    retitle();
  } else {
    feed.readSoon(id);
  }
}

// The tab's title counts what waits, for whoever looks at another tab.
function retitle() {
  const n = [...store.channels.values()].reduce((sum, c) => sum + (c.unread || 0), 0);
  document.title = `${n ? `(${n}) ` : ''}${nameOf(store.person.id)} · ${store.team.name || t('rehearsal')}`;
}

document.addEventListener('visibilitychange', () => {
  const channel = store.channels.get(store.channel);
  if (document.hidden || !channel || store.tab === 'home') return;
  channel.unread = 0;
  sidebar.draw();
  retitle();
  feed.readSoon(channel.id);
});

// What waits for the others, so that whoever plays alone sees whose turn it is.
async function lookElsewhere() {
  const others = [...store.people.values()].filter((p) => p.id !== store.person.id && !p.is_bot && !p.deleted).slice(0, 12);
  for (const p of others) {
    if (document.hidden) return;
    try {
      const state = typeof p.unread === 'number' ? null : await api.state(p.id);
      sidebar.setElsewhere(p.id, state ? (state.channels || []).reduce((sum, c) => sum + (c.unread || 0), 0) : p.unread);
    } catch {
      return;
    }
  }
}
setInterval(lookElsewhere, 4000);

on('open-channel', ({ id, ...where }) => openChannel(id, where));
on('open-thread', ({ channel, ts }) => { thread.open(channel, ts).catch(trouble); remember(); });
on('close-thread', () => { thread.close(); remember(); });
on('switch-person', ({ id }) => {
  sidebar.shut();
  clear();
  // Whoever looked at the app goes on looking at it, as the other person.
  const app = appChannel();
  play(id, app && app.id === store.channel ? { channel: app.name, tab: store.tab } : { channel: store.channel }).catch(trouble);
});
on('dismiss', ({ channel, ts }) => feed.dismiss(channel, ts));
on('said', ({ channel, thread: ts }) => { if (!status.hidden) feed.read(channel).catch(() => {}); if (!status.hidden && ts) feed.readThread(channel, ts).catch(() => {}); });
on('trouble', trouble);
on('toast', toast);
on('feed', (channel) => {
  if (channel === store.channel && store.tab !== 'home') list.show(channel, channel, feed.messagesOf(channel));
});
on('feed-thread', ({ channel }) => { if (channel === store.channel) thread.draw(); });

function fromAddress() {
  const query = new URLSearchParams(window.location.search);
  // Permalinks of messages: /archives/C123/p1700000000000100
  const archive = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/.exec(window.location.pathname);
  const where = { channel: query.get('channel') || '', thread: query.get('thread') || query.get('thread_ts') || '', ts: query.get('ts') || '', tab: query.get('tab') || '' };
  if (archive) Object.assign(where, { channel: archive[1], ts: archive[2] ? `${archive[2]}.${archive[3]}` : where.ts });
  return { person: query.get('person') || '', where };
}

window.addEventListener('popstate', () => {
  const { person, where } = fromAddress();
  if (person && person !== store.person.id) play(person, where).catch(trouble);
  else openChannel(where.channel, where);
});

// Links to this workspace's own messages open here, not in another tab.
document.addEventListener('click', (click) => {
  const a = click.target.closest && click.target.closest('a[href]');
  const url = a && new URL(a.href);
  const own = url && (url.origin === window.location.origin || url.host === `${store.team.domain}.slack.com`);
  const m = own && /^\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/.exec(url.pathname);
  if (!m || !store.channels.has(m[1])) return;
  click.preventDefault();
  const ts = url.searchParams.get('thread_ts') || '';
  openChannel(m[1], { ts: `${m[2]}.${m[3]}`, thread: ts });
});

// The workspace may still be starting, or the address may name somebody of another one.
function start({ person, where }) {
  play(person, { ...where, linked: true }).catch((error) => {
    trouble(error);
    if (error.status === 404 && person) start({ person: '', where: {} });
    else setTimeout(start, 2000, { person, where });
  });
}

start(fromAddress());
