// Radio buttons and checkboxes: few choices, all on view.

import { h, uid } from './dom.js';
import { change } from './change.js';
import { hooks } from './inputs.js';
import { textObject } from './text.js';

/** choices draws radio_buttons or checkboxes. */
export function choices(el, ctx) {
  const many = el.type === 'checkboxes';
  const options = el.options || [];
  const value = ctx.surface.seed(ctx.block, el);
  const chosen = new Set((many ? value || [] : value ? [value] : []).map((o) => o.value));
  const name = uid('choice');
  const boxes = options.map((option) => h('input', {
    type: many ? 'checkbox' : 'radio', name, value: option.value, checked: chosen.has(option.value),
    data: { value: option.value },
  }));
  const restore = () => {
    const now = ctx.surface.get(ctx.block, el);
    const on = new Set((many ? now || [] : now ? [now] : []).map((o) => o.value));
    boxes.forEach((box, i) => { box.checked = on.has(options[i].value); });
  };
  boxes.forEach((box) => box.addEventListener('change', () => {
    const now = options.filter((_, i) => boxes[i].checked);
    change(el, ctx, many ? now : now[0] || null, restore);
  }));
  return h('div', {
    class: 'choices', id: ctx.id, role: many ? 'group' : 'radiogroup', 'aria-labelledby': ctx.labelledBy,
    'aria-describedby': ctx.describedBy, tabindex: ctx.input ? '-1' : undefined, data: hooks(el, ctx),
  }, options.map((option, i) => h('label', { class: 'choice' }, boxes[i],
    h('span', { class: 'choice-text' }, textObject(option.text),
      option.description ? h('span', { class: 'choice-description' }, textObject(option.description)) : null))));
}
