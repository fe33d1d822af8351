// A list of messages with day dividers: of a channel, or of a thread. Messages that did
// not change keep their element, so that what is typed or focused in them stays.

import { fill, h, reconcile, sweep } from './dom.js';
import { isApp, store, titleOf } from './store.js';
import { t } from './texts.js';
import { dayKey, dayName, ofTS } from './dates.js';
import { drawMessage, isEphemeral } from './message.js';

const COMPACT_SECONDS = 300;
const AT_END = 80; // pixels from the end that still count as reading along
const WINDOW = 100; // messages drawn at first, and more on request

/** List draws messages into `el` and keeps the reader's place. */
export class List {
  constructor({ thread = false } = {}) {
    this.thread = thread;
    this.drawn = new Map(); // ts -> {sign, el, surface}
    this.dividers = new Map();
    this.inner = h('div', { class: 'list-inner' });
    this.pill = h('button', { type: 'button', class: 'new-pill', hidden: true, on: { click: () => this.toEnd(true) } }, t('new_messages'));
    this.el = h('div', { class: 'list', role: 'log', 'aria-live': 'polite', tabindex: '0' }, this.inner, this.pill);
    this.el.addEventListener('scroll', () => { if (this.reading()) this.pill.hidden = true; });
    this.key = '';
    this.from = ''; // ts from which on messages are drawn: '0' where none is left out
    this.shown = null;
    this.fresh = true;
    // Pictures and previews grow after they were drawn; who reads along stays at the end.
    this.stuck = true;
    this.el.addEventListener('scroll', () => { this.stuck = this.reading(); });
    this.watch = new ResizeObserver(() => { if (this.stuck) this.toEnd(false); });
    this.watch.observe(this.inner);
    this.watch.observe(this.el);
  }

  reading() {
    return this.el.scrollHeight - this.el.scrollTop - this.el.clientHeight < AT_END;
  }

  toEnd(smooth) {
    this.el.scrollTo({ top: this.el.scrollHeight, behavior: smooth ? 'smooth' : 'auto' });
    this.pill.hidden = true;
  }

  /** earlier draws more of what came before, and keeps what is read in its place. */
  earlier(all, until = '') {
    const first = all.findIndex((m) => m.ts >= this.from);
    const at = until ? Math.min(first, all.findIndex((m) => m.ts === until)) : first;
    this.from = at > WINDOW ? all[at - WINDOW].ts : '0';
    const height = this.el.scrollHeight;
    this.stuck = false;
    this.show(...this.shown);
    this.el.scrollTop += this.el.scrollHeight - height;
  }

  /** show draws the messages of a channel; null means that they are being read. */
  show(key, channel, everything) {
    if (key !== this.key) {
      this.key = key;
      this.drawn.clear();
      this.dividers.clear();
      this.fresh = true;
      this.stuck = true;
      this.from = '';
    }
    this.shown = [key, channel, everything];
    if (!everything) {
      fill(this.inner, h('div', { class: 'quiet list-note' }, t('loading')));
      return;
    }
    if (!everything.length) {
      fill(this.inner, this.empty(channel));
      return;
    }
    if (!this.from) this.from = everything.length > WINDOW ? everything[everything.length - WINDOW].ts : '0';
    const messages = everything.filter((m) => m.ts >= this.from || (this.thread && m.ts === everything[0].ts));
    const reading = this.stuck;
    const seen = new Set();
    const wanted = [];
    if (messages.length < everything.length) {
      wanted.push(h('button', { type: 'button', class: 'button quiet earlier', data: { testid: 'earlier' }, on: { click: () => this.earlier(everything) } },
        t('earlier', { n: everything.length - messages.length })));
    }
    let previous = null;
    let grew = false;
    messages.forEach((message, i) => {
      const day = dayKey(ofTS(message.ts));
      if (!previous || dayKey(ofTS(previous.ts)) !== day) {
        wanted.push(this.divider(day, message));
        previous = null;
      }
      const compact = follows(previous, message) && !(this.thread && i === 1);
      const sign = JSON.stringify([message, compact, store.person.id]);
      let one = this.drawn.get(message.ts);
      if (!one || one.sign !== sign) {
        grew = grew || !one;
        one = { sign, ...drawMessage(message, { channel, compact, thread: this.thread, before: one && one.surface }) };
        this.drawn.set(message.ts, one);
      }
      seen.add(message.ts);
      wanted.push(one.el);
      previous = message;
    });
    for (const ts of this.drawn.keys()) if (!seen.has(ts)) this.drawn.delete(ts);
    const focus = focusIn(this.inner);
    reconcile(this.inner, wanted);
    sweep();
    restore(this.inner, focus);
    const last = messages[messages.length - 1];
    const mine = Boolean(last) && last.user === store.person.id;
    if (this.fresh || reading || (grew && mine)) this.toEnd(false);
    else if (grew) this.pill.hidden = false;
    this.fresh = false;
  }

  divider(day, message) {
    if (!this.dividers.has(day)) {
      this.dividers.set(day, h('div', { class: 'day', role: 'separator' }, h('span', null, dayName(ofTS(message.ts)))));
    }
    return this.dividers.get(day);
  }

  empty(id) {
    const channel = store.channels.get(id);
    const name = channel && channel.kind !== 'im' ? `#${channel.name}` : titleOf(channel);
    const app = store.app.name || '';
    return h('div', { class: 'list-note' }, h('p', { class: 'empty-title' }, t('empty_channel', { name })), h('p', { class: 'quiet' }, t('empty_app', { name: app })));
  }

  /** reveal scrolls to a message and marks it for a moment. */
  reveal(ts) {
    const all = this.shown && this.shown[2];
    if (!this.drawn.has(ts) && all && all.some((m) => m.ts === ts)) this.earlier(all, ts);
    const one = this.drawn.get(ts);
    if (!one) return;
    one.el.scrollIntoView({ block: 'center' });
    one.el.classList.add('flash');
    setTimeout(() => one.el.classList.remove('flash'), 2000);
  }
}

function follows(a, b) {
  return Boolean(a) && a.user === b.user && (a.bot_id || '') === (b.bot_id || '') && !isEphemeral(a) && !isEphemeral(b)
    && !isApp(b.user) && !b.bot_id && Number(b.ts) - Number(a.ts) < COMPACT_SECONDS && (a.username || '') === (b.username || '');
}

/** focusIn remembers which element of a container has the focus, by its Block Kit ids. */
export function focusIn(container) {
  const at = document.activeElement;
  if (!at || !container.contains(at) || !at.dataset.actionId) return null;
  const home = at.closest('[data-ts]');
  return { at, block: at.dataset.blockId, action: at.dataset.actionId, ts: home && home.dataset.ts, from: at.selectionStart, to: at.selectionEnd };
}

/** restore puts the focus back on the same ids after a redraw, unless the element itself stayed. */
export function restore(container, focus) {
  if (!focus || focus.at.isConnected) return;
  const scope = focus.ts ? container.querySelector(`[data-ts="${CSS.escape(focus.ts)}"]`) : container;
  const next = scope && scope.querySelector(`[data-block-id="${CSS.escape(focus.block || '')}"][data-action-id="${CSS.escape(focus.action)}"]`);
  if (!next) return;
  next.focus({ preventScroll: true });
  if (typeof focus.from === 'number' && next.setSelectionRange) {
    try {
      next.setSelectionRange(focus.from, focus.to);
    } catch {
      // Number and date fields have no selection.
    }
  }
}
