// Typed and picked values: text, number, email, URL, date, time. Which keystroke sends
// an interaction follows dispatch_action_config.

import { h } from './dom.js';
import { emojify } from './emoji.js';
import { change } from './change.js';

const NATIVE = { email_text_input: 'email', url_text_input: 'url', number_input: 'text', datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local' };

const placeholder = (el) => (el.placeholder ? emojify(el.placeholder.text) : undefined);

/** hooks are the attributes by which tests and styles find an element. */
export const hooks = (el, ctx) => ({ blockId: ctx.block.block_id, actionId: el.action_id });

/** textInput draws plain_text_input, email, URL and number inputs. */
export function textInput(el, ctx) {
  const value = ctx.surface.seed(ctx.block, el);
  const multiline = el.type === 'plain_text_input' && el.multiline;
  const input = h(multiline ? 'textarea' : 'input', {
    class: 'field', id: ctx.id, type: multiline ? undefined : NATIVE[el.type] || 'text', placeholder: placeholder(el),
    inputmode: el.type === 'number_input' ? (el.is_decimal_allowed ? 'decimal' : 'numeric') : undefined,
    'aria-label': ctx.input ? undefined : placeholder(el) || el.action_id, 'aria-describedby': ctx.describedBy,
    autocomplete: 'off', spellcheck: multiline ? 'true' : 'false', rows: multiline ? 5 : undefined,
    autofocus: el.focus_on_load || undefined, value: value ?? '', data: hooks(el, ctx),
  });
  const counter = el.max_length ? h('span', { class: 'counter', 'aria-hidden': 'true' }) : null;
  const count = () => {
    const left = el.max_length - [...input.value].length;
    counter.textContent = left <= Math.max(20, el.max_length / 10) ? String(left) : '';
    counter.classList.toggle('over', left < 0);
  };
  if (counter) count();
  const sends = ctx.dispatches ? (el.dispatch_action_config || {}).trigger_actions_on || ['on_enter_pressed'] : [];
  let timer = 0;
  input.addEventListener('input', () => {
    ctx.surface.set(ctx.block, el, input.value === '' ? null : input.value);
    if (ctx.touched) ctx.touched();
    if (counter) count();
    if (!sends.includes('on_character_entered')) return;
    // Slack waits for a pause in the typing before it sends.
    clearTimeout(timer);
    timer = setTimeout(() => ctx.surface.act(ctx.block, el), 350);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || multiline) return;
    event.preventDefault();
    if (sends.includes('on_enter_pressed')) ctx.surface.act(ctx.block, el);
    else if (ctx.submit) ctx.submit();
  });
  return counter ? h('div', { class: 'field-wrap' }, input, counter) : input;
}

/** picker draws datepicker, timepicker and datetimepicker. */
export function picker(el, ctx) {
  const moment = el.type === 'datetimepicker';
  const value = ctx.surface.seed(ctx.block, el);
  const shown = moment && value ? localMoment(value) : value ?? '';
  const input = h('input', {
    class: 'field field-short', id: ctx.id, type: NATIVE[el.type], value: shown, title: placeholder(el),
    'aria-label': ctx.input ? undefined : placeholder(el) || el.action_id, 'aria-describedby': ctx.describedBy,
    autofocus: el.focus_on_load || undefined, data: hooks(el, ctx),
  });
  input.addEventListener('change', () => {
    const next = moment ? Math.floor(new Date(input.value).getTime() / 1000) || null : input.value || null;
    change(el, ctx, next, () => { input.value = shown; });
  });
  return input;
}

function localMoment(unix) {
  const date = new Date(Number(unix) * 1000);
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** richInput takes plain typing and keeps it as Slack's rich_text. */
export function richInput(el, ctx) {
  const value = ctx.surface.seed(ctx.block, el);
  const input = h('textarea', {
    class: 'field', id: ctx.id, rows: 5, placeholder: placeholder(el), 'aria-describedby': ctx.describedBy,
    value: value ? plainOf(value) : '', data: hooks(el, ctx),
  });
  input.addEventListener('input', () => {
    ctx.surface.set(ctx.block, el, input.value === '' ? null : {
      type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: input.value }] }],
    });
    if (ctx.touched) ctx.touched();
  });
  return input;
}

const plainOf = (node) => (node.text !== undefined ? String(node.text) : (node.elements || []).map(plainOf).join(''));
