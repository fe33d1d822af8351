// Completion in a composer: / for commands, @ for people and the app, # for channels,
// : for emoji. The list stands above the field; the field keeps the focus.

import { fill, h, uid } from './dom.js';
import { isApp, mentionables, nameOf, store } from './store.js';
import { emojiStarting } from './emoji.js';
import { t } from './texts.js';
import { avatar } from './message.js';

const MOST = 8;

/** complete attaches completion to a textarea inside frame; commands says whether / is offered. */
export function complete(field, frame, { commands }) {
  const id = uid('complete');
  let list = null;
  let items = [];
  let active = 0;
  let start = 0;
  field.setAttribute('aria-controls', id);
  field.setAttribute('aria-autocomplete', 'list');

  function close() {
    if (list) list.remove();
    list = null;
    field.removeAttribute('aria-activedescendant');
    field.setAttribute('aria-expanded', 'false');
  }

  function look() {
    const before = field.value.slice(0, field.selectionStart);
    const found = candidates(before, commands);
    if (!found || !found.items.length) {
      close();
      return;
    }
    ({ items, start } = found);
    active = 0;
    if (!list) {
      list = h('div', { class: 'completions', role: 'listbox', id, data: { testid: 'completions' } });
      frame.append(list);
      field.setAttribute('aria-expanded', 'true');
    }
    draw();
  }

  function draw() {
    fill(list, ...items.map((item, i) => h('div', {
      class: `completion${i === active ? ' active' : ''}`, role: 'option', id: `${id}-${i}`, 'aria-selected': String(i === active),
      data: { value: item.insert.trim() },
      on: { pointerdown: (event) => event.preventDefault(), click: () => take(item) },
    }, item.mark || null, h('span', { class: 'completion-name' }, item.label), h('span', { class: 'completion-note' }, item.note || ''))));
    field.setAttribute('aria-activedescendant', `${id}-${active}`);
    list.children[active].scrollIntoView({ block: 'nearest' });
  }

  function take(item) {
    const end = field.selectionStart;
    field.setRangeText(item.insert, start, end, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    close();
    field.focus();
  }

  field.addEventListener('input', look);
  field.addEventListener('click', look);
  field.addEventListener('blur', close);
  return {
    close,
    /** key takes a key press first and tells whether it was used. */
    key(event) {
      if (!list || event.isComposing) return false;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        active = (active + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length;
        draw();
      } else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) {
        // A command typed in full is sent by Enter, not completed once more.
        if (event.key === 'Enter' && field.value.slice(start).trim() === items[active].insert.trim()) return false;
        take(items[active]);
      } else if (event.key === 'Escape') {
        close();
      } else {
        return false;
      }
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

function candidates(before, commands) {
  const slash = commands && /^\/(\S*)$/.exec(before);
  if (slash) {
    return {
      start: 0,
      items: store.app.commands.filter((c) => c.command.slice(1).startsWith(slash[1])).slice(0, MOST).map((c) => ({
        insert: `${c.command} `, label: c.command, note: [c.usage_hint, c.description].filter(Boolean).join(' · '),
        mark: avatar('', '', { app: true, small: true }),
      })),
    };
  }
  const m = /(^|[\s(（，。、])([@#:])([\p{L}\p{N}_.+-]*)$/u.exec(before);
  if (!m) return null;
  const [, , sign, typed] = m;
  const start = before.length - typed.length - 1;
  const q = typed.toLowerCase();
  if (sign === '@') return { start, items: people(q) };
  if (sign === '#') {
    return {
      start, items: [...store.channels.values()].filter((c) => c.kind !== 'im' && c.name.toLowerCase().includes(q)).slice(0, MOST)
        .map((c) => ({ insert: `#${c.name} `, label: `#${c.name}`, note: c.topic || '' })),
    };
  }
  if (q.length < 2) return null;
  return { start, items: emojiStarting(q, MOST).map(([name, glyph]) => ({ insert: `${glyph} `, label: `${glyph}  :${name}:` })) };
}

function people(q) {
  const items = mentionables().filter((one) => one.names.some((n) => n.toLowerCase().includes(q))).map((one) => {
    const name = nameOf(one.id);
    const who = store.people.get(one.id);
    return {
      insert: `@${name} `, label: name, mark: avatar(one.id, name, { app: isApp(one.id), small: true }),
      note: one.app ? t('app') : one.id === store.person.id ? t('you') : (who && (who.title || who.role)) || '',
    };
  });
  for (const word of ['here', 'channel']) if (q && word.startsWith(q)) items.push({ insert: `@${word} `, label: `@${word}`, note: t('everyone') });
  return items.slice(0, MOST);
}
