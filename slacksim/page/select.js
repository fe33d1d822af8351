// Select menus of every kind as one combobox: type to filter, arrows to move, Enter to
// choose, Esc to leave. Several chosen values stand as chips before the field.

import { fill, h, icon, layer, place, uid } from './dom.js';
import { emojify } from './emoji.js';
import { withEmoji } from './glyphs.js';
import { t } from './texts.js';
import { change } from './change.js';
import { hooks } from './inputs.js';
import { sourceFor } from './sources.js';

/** select draws any single or multi select menu. */
export function select(el, ctx) {
  const many = el.type.startsWith('multi_');
  const source = sourceFor(el, ctx);
  const start = ctx.surface.seed(ctx.block, el);
  let chosen = source.toChoices(many ? start || [] : start ? [start] : []);
  let rows = [];
  let active = -1;
  let popup = null;
  let asked = 0;

  const listID = uid('list');
  const hint = el.placeholder ? emojify(el.placeholder.text) : t('choose');
  const input = h('input', {
    class: 'select-input', id: ctx.id, role: 'combobox', type: 'text', autocomplete: 'off', spellcheck: 'false',
    'aria-expanded': 'false', 'aria-controls': listID, 'aria-autocomplete': 'list', 'aria-describedby': ctx.describedBy,
    'aria-label': ctx.input ? undefined : hint, autofocus: el.focus_on_load || undefined, data: hooks(el, ctx),
  });
  const chips = h('span', { class: 'chips' });
  const clear = h('button', {
    type: 'button', class: 'select-clear', tabindex: '-1', 'aria-label': t('clear'), title: t('clear'),
    on: { click: () => { update([]); input.focus(); close(); } },
  }, icon('close', 14));
  const box = h('div', { class: many ? 'select many' : 'select' }, chips, input, clear, icon('down', 16));

  function draw() {
    if (many) {
      fill(chips, ...chosen.map((c) => h('span', { class: 'chip' }, c.label, h('button', {
        type: 'button', 'aria-label': t('remove', { name: c.label }),
        on: { click: () => { update(chosen.filter((o) => o.value !== c.value)); input.focus(); close(); } },
      }, icon('close', 12)))));
      input.placeholder = chosen.length ? '' : hint;
    } else {
      input.value = chosen.length ? chosen[0].label : '';
      input.placeholder = hint;
    }
    // Slack lets a single value be cleared only in an optional input.
    clear.hidden = !chosen.length || many || !(ctx.input && ctx.block.optional);
  }

  function update(next) {
    const before = chosen;
    chosen = next;
    draw();
    const value = many ? source.fromChoices(chosen) : source.fromChoices(chosen)[0] ?? null;
    return change(el, ctx, value, () => { chosen = before; draw(); });
  }

  function choose(row) {
    if (many) {
      const on = chosen.some((c) => c.value === row.value);
      if (!on && el.max_selected_items && chosen.length >= el.max_selected_items) return;
      input.value = '';
      update(on ? chosen.filter((c) => c.value !== row.value) : [...chosen, row]);
      refresh('');
    } else {
      close();
      update([row]);
    }
    input.focus();
    if (many) return;
    close();
    input.select(); // so that the next key starts a new search
  }

  async function refresh(query) {
    asked += 1;
    const mine = asked;
    const answer = source.search(query);
    if (answer instanceof Promise) show(null, t('searching'));
    let groups;
    let note = '';
    try {
      ({ groups, note } = await answer);
    } catch {
      groups = [];
    }
    if (mine === asked && popup) show(groups, note);
  }

  function show(groups, note) {
    rows = [];
    const body = [];
    for (const group of groups || []) {
      if (group.label && group.rows.length) body.push(h('div', { class: 'option-group' }, group.label));
      for (const row of group.rows) {
        const on = chosen.some((c) => c.value === row.value);
        const at = rows.push(row) - 1;
        body.push(h('div', {
          class: 'option', role: 'option', id: `${listID}-${at}`, 'aria-selected': String(on), data: { value: row.value, at: String(at) },
          on: {
            pointerdown: (event) => event.preventDefault(), click: () => choose(row),
            pointermove: () => { if (active !== at) activate(at); },
          },
        }, h('span', { class: 'option-text' }, h('span', null, withEmoji(row.label)),
          row.description ? h('span', { class: 'option-description' }, withEmoji(row.description)) : null), on ? icon('check', 16) : null));
      }
    }
    if (!rows.length) body.push(h('div', { class: 'option-none' }, note || t('nothing')));
    fill(popup, ...body);
    const at = rows.findIndex((r) => chosen.some((c) => c.value === r.value));
    activate(rows.length ? Math.max(0, many ? 0 : at) : -1);
    place(popup, box, { match: true });
  }

  function activate(at) {
    active = at;
    for (const option of popup.querySelectorAll('[role=option]')) option.classList.toggle('active', option.dataset.at === String(at));
    const now = popup.querySelector('.option.active');
    if (now) {
      input.setAttribute('aria-activedescendant', now.id);
      now.scrollIntoView({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }

  const follow = (event) => {
    if (popup && event.target !== popup) place(popup, box, { match: true });
  };

  function open() {
    if (popup) return;
    popup = h('div', { class: 'popup', role: 'listbox', id: listID, 'aria-multiselectable': many ? 'true' : undefined });
    popup.anchor = box;
    layer(box).append(popup);
    input.setAttribute('aria-expanded', 'true');
    document.addEventListener('scroll', follow, true);
    window.addEventListener('resize', follow);
    refresh('');
  }

  function close() {
    if (!popup) return;
    popup.remove();
    popup = null;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    document.removeEventListener('scroll', follow, true);
    window.removeEventListener('resize', follow);
    if (many) input.value = '';
    else draw();
  }

  input.addEventListener('click', () => { open(); input.select(); });
  input.addEventListener('input', () => { open(); refresh(input.value.trim()); });
  input.addEventListener('blur', () => setTimeout(() => { if (document.activeElement !== input) close(); }, 0));
  box.addEventListener('click', (event) => { if (event.target === box || event.target === chips) { input.focus(); open(); } });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!popup) open();
      else if (rows.length) activate((active + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % rows.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (popup && rows[active]) choose(rows[active]);
      else open();
    } else if (event.key === 'Escape' && popup) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Backspace' && many && input.value === '' && chosen.length) {
      update(chosen.slice(0, -1));
    }
  });
  draw();
  return box;
}
