// The sidebar: which workspace, who is played, channels, direct messages, the app.
// At phone width it is a drawer.

import { fill, h, icon, iconButton } from './dom.js';
import { appChannel, emit, isApp, nameOf, store, titleOf } from './store.js';
import { roleName, t } from './texts.js';
import { avatar } from './message.js';
import { toolsButton } from './tools.js';

export const el = h('nav', { id: 'sidebar', class: 'sidebar' });
const scrim = h('div', { class: 'scrim', on: { click: () => shut() } });
const narrow = window.matchMedia('(max-width: 760px)');
let opener = null;

/** attach puts the sidebar and its scrim on the page. */
export function attach(root) {
  root.append(el, scrim);
  el.addEventListener('keydown', (event) => { if (event.key === 'Escape') shut(); });
  narrow.addEventListener('change', () => shut());
  shut();
}

/** slide opens the drawer at phone width. */
export function slide() {
  opener = document.activeElement;
  document.body.classList.add('drawer-open');
  el.inert = false;
  (el.querySelector('[aria-current]') || el.querySelector('button')).focus();
}

/** shut closes the drawer; a closed drawer cannot be reached by keyboard. */
export function shut() {
  const open = document.body.classList.contains('drawer-open');
  document.body.classList.remove('drawer-open');
  el.inert = narrow.matches;
  if (open && opener && opener.isConnected) opener.focus();
}

/** unreadOf is what waits for a person whom nobody plays at the moment. */
const elsewhere = new Map();
export function setElsewhere(id, count) {
  if (elsewhere.get(id) === count) return;
  elsewhere.set(id, count);
  draw();
}

/** draw renders all of it; cheap enough for every change. */
export function draw() {
  const focus = document.activeElement && el.contains(document.activeElement) ? document.activeElement.dataset.testid : '';
  const all = [...store.channels.values()];
  const app = appChannel();
  const channels = all.filter((c) => c.kind !== 'im');
  const ims = all.filter((c) => c.kind === 'im' && (!app || c.id !== app.id));
  el.setAttribute('aria-label', store.team.name || t('rehearsal'));
  const scroll = el.querySelector('.sidebar-scroll');
  const top = scroll ? scroll.scrollTop : 0;
  fill(el,
    h('div', { class: 'sidebar-head' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, icon('seal', 24)),
      h('div', { class: 'sidebar-title' }, h('strong', null, store.team.name || t('rehearsal')), h('span', null, t('rehearsal'))),
      iconButton('close', t('close'), () => shut(), { class: 'drawer-close' })),
    h('div', { class: 'sidebar-scroll' },
      people(),
      group(t('apps'), app ? [entry(app, h('span', { class: 'avatar app tiny', 'aria-hidden': 'true' }, icon('seal', 13)))] : []),
      group(t('channels'), channels.map((c) => entry(c, h('span', { class: 'hash', 'aria-hidden': 'true' }, icon(c.is_private || c.private ? 'key' : 'hash', 14))))),
      group(t('direct'), ims.map((c) => entry(c, avatar(c.user, titleOf(c), { small: true }))))),
    h('div', { class: 'sidebar-foot' }, h('p', null, t('rehearsal_note')), toolsButton()));
  el.querySelector('.sidebar-scroll').scrollTop = top;
  if (focus) {
    const again = el.querySelector(`[data-testid="${CSS.escape(focus)}"]`);
    if (again) again.focus({ preventScroll: true });
  }
}

function people() {
  const list = [...store.people.values()].filter((p) => !p.is_bot && !p.deleted && !isApp(p.id));
  return h('section', { class: 'cast', data: { testid: 'person-switcher' }, 'aria-label': t('playing_as') },
    h('h2', null, t('playing_as')),
    h('ul', null, list.map((p) => {
      const me = p.id === store.person.id;
      const role = [roleName(p.role) || p.title || (p.is_restricted ? t('role_guest') : ''),
        p.is_stranger ? t('stranger', { name: p.team_name || '?' }) : ''].filter(Boolean).join(' · ');
      const waiting = me ? 0 : elsewhere.get(p.id) || 0;
      return h('li', null, h('button', {
        type: 'button', class: `person${me ? ' me' : ''}`, 'aria-current': me ? 'true' : undefined, title: t('switch_to', { name: nameOf(p.id) }),
        data: { testid: `person-${p.id}`, person: p.id, role: p.role },
        on: { click: () => { if (!me) emit('switch-person', { id: p.id }); } },
      }, avatar(p.id, nameOf(p.id), { small: true }), h('span', { class: 'person-text' }, h('span', { class: 'person-name' }, nameOf(p.id)), h('span', { class: 'person-role' }, role)),
      waiting ? badge(waiting) : null),
      h('a', { class: 'person-tab', href: `/?${new URLSearchParams({ person: p.id })}`, target: '_blank', title: t('new_tab', { name: nameOf(p.id) }), 'aria-label': t('new_tab', { name: nameOf(p.id) }) }, icon('tab', 14)));
    })));
}

const badge = (n) => h('span', { class: 'unread', 'aria-label': t('unread', { n }), data: { testid: 'unread' } }, n > 99 ? '99+' : String(n));

function group(name, entries) {
  if (!entries.length) return null;
  return h('section', null, h('h2', null, name), h('ul', null, entries.map((e) => h('li', null, e))));
}

function entry(channel, mark) {
  const open = store.channel === channel.id;
  const me = channel.user && channel.user === store.person.id;
  return h('button', {
    type: 'button', class: `entry${open ? ' open' : ''}${channel.unread ? ' has-unread' : ''}`, 'aria-current': open ? 'page' : undefined,
    data: { testid: `channel-${channel.name}`, channel: channel.id },
    on: { click: () => { emit('open-channel', { id: channel.id }); shut(); } },
  }, mark, h('span', { class: 'entry-name' }, titleOf(channel), me ? ` (${t('you')})` : ''), channel.unread ? badge(channel.unread) : null);
}
