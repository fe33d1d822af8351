// Interactive elements by type, and the ones that are only pressed: buttons, overflow
// menus, feedback buttons.

import { h, icon, iconButton } from './dom.js';
import { emojify } from './emoji.js';
import { t } from './texts.js';
import { ask } from './confirm.js';
import { choices } from './choices.js';
import { fileInput } from './fileinput.js';
import { hooks, picker, richInput, textInput } from './inputs.js';
import { emoji, withEmoji } from './glyphs.js';
import { openMenu } from './menus.js';
import { safeURL } from './mrkdwn.js';
import { select } from './select.js';

const DRAW = {
  button, overflow, feedback_buttons: feedback, icon_button: iconElement, workflow_button: button,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
  rich_text_input: richInput, datepicker: picker, timepicker: picker, datetimepicker: picker,
  radio_buttons: choices, checkboxes: choices, file_input: fileInput,
  static_select: select, multi_static_select: select, external_select: select, multi_external_select: select,
  users_select: select, multi_users_select: select, conversations_select: select, multi_conversations_select: select,
  channels_select: select, multi_channels_select: select,
};

/**
 * element draws one interactive element. ctx is {surface, block, input, dispatches, id,
 * labelledBy, describedBy, touched, submit}; null for a type that this page does not know.
 */
export function element(el, ctx) {
  const draw = DRAW[el.type];
  return draw ? draw(el, ctx) : null;
}

// While the app has not acknowledged, the button turns and takes no second press.
async function press(target, el, ctx, extra) {
  if (target.dataset.busy || !(await ask(el.confirm))) return;
  target.dataset.busy = 'yes';
  target.setAttribute('aria-busy', 'true');
  const ok = await ctx.surface.act(ctx.block, el, extra);
  delete target.dataset.busy;
  target.removeAttribute('aria-busy');
  target.classList.toggle('failed', !ok);
}

function button(el, ctx) {
  const label = withEmoji((el.text || {}).text || '');
  const go = (event) => press(event.currentTarget, el, ctx, { value: el.value, text: el.text, style: el.style });
  const props = {
    class: `button ${el.style === 'primary' ? 'primary' : el.style === 'danger' ? 'danger' : ''}`.trim(),
    'aria-label': el.accessibility_label, data: hooks(el, ctx), on: { click: go },
  };
  const href = el.url ? safeURL(el.url) : '';
  if (href) return h('a', { ...props, href, target: '_blank', rel: 'noopener noreferrer' }, label);
  return h('button', { ...props, type: 'button' }, label);
}

function overflow(el, ctx) {
  return iconButton('more', t('more_actions'), (event) => {
    const anchor = event.currentTarget;
    openMenu(anchor, (el.options || []).map((option) => ({
      label: emojify((option.text || {}).text || ''), description: option.description ? emojify(option.description.text) : '',
      href: option.url ? safeURL(option.url) || undefined : undefined, data: { value: option.value },
      onSelect: () => press(anchor, el, ctx, { selected_option: option }),
    })), { end: true });
  }, { data: hooks(el, ctx), 'aria-haspopup': 'menu', class: 'overflow' });
}

function feedback(el, ctx) {
  const one = (side, glyph, name) => {
    const of = el[side];
    if (!of) return null;
    const label = emojify((of.text || {}).text || name);
    return h('button', {
      type: 'button', class: 'button quiet', title: of.accessibility_label || label, data: { ...hooks(el, ctx), value: of.value },
      on: { click: (event) => press(event.currentTarget, el, ctx, { value: of.value, text: of.text }) },
    }, emoji(glyph), label);
  };
  return h('span', { class: 'feedback' }, one('positive_button', '+1', t('helpful')), one('negative_button', '-1', t('not_helpful')));
}

function iconElement(el, ctx) {
  const label = emojify((el.text || {}).text || el.accessibility_label || '');
  return h('button', {
    type: 'button', class: 'button quiet', title: label, data: hooks(el, ctx),
    on: { click: (event) => press(event.currentTarget, el, ctx, { value: el.value, text: el.text }) },
  }, icon(el.icon === 'trash' ? 'trash' : 'bolt', 16), label);
}
