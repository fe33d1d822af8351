// The modal: draws the top of the view stack, submits and closes it, and shows errors
// under their inputs. What was entered in a view stays when the app updates it.

import * as api from './api.js';
import { fill, h, iconButton, uid } from './dom.js';
import { emit, store } from './store.js';
import { withEmoji } from './glyphs.js';
import { t } from './texts.js';
import { renderBlocks } from './blocks.js';
import { closeMenu } from './menus.js';
import { avatar } from './message.js';
import { focusIn, restore } from './messages.js';
import { validate } from './validate.js';
import { Surface } from './values.js';

const plain = (object, otherwise) => (object && object.text ? withEmoji(object.text) : otherwise);

let dialog = null;
let stack = [];
let surfaces = new Map(); // view id -> Surface
let drawn = ''; // what of the view stands on the page
let complained = ''; // the errors under its inputs, as the workspace gave them
let asked = 0;
let opener = null;

/** sync reads the view stack and draws it; called at start and on every view event. */
export async function sync() {
  asked += 1;
  const mine = asked;
  const answer = await api.viewStack(store.person.id);
  if (mine !== asked) return;
  stack = answer.views || answer.stack || (answer.view ? [answer.view] : []);
  draw();
}

/** forget drops everything: another person has other views. */
export function forget() {
  stack = [];
  surfaces = new Map();
  draw();
}

function draw() {
  const view = stack[stack.length - 1];
  if (!view) {
    surfaces = new Map();
    drawn = '';
    if (dialog) {
      dialog.close();
      dialog.remove();
      dialog = null;
      if (opener && opener.isConnected) opener.focus();
    }
    return;
  }
  const { id, title: name, submit, close: shut, blocks, submit_disabled: off, errors } = view;
  const sign = JSON.stringify([id, name, submit, shut, blocks, off, stack.length]);
  if (dialog && sign === drawn) {
    if (JSON.stringify(errors) !== complained) complain(errors);
    return;
  }
  const same = dialog && dialog.dataset.viewId === view.id;
  const scroll = same ? dialog.querySelector('.modal-body').scrollTop : 0;
  const focus = same ? focusIn(dialog) : null;
  drawn = sign;
  closeMenu();
  if (!dialog) {
    opener = document.activeElement;
    dialog = h('dialog', { class: 'modal', data: { testid: 'modal' }, on: { cancel: (event) => { event.preventDefault(); close(); } } });
    document.body.append(dialog);
    dialog.showModal();
  }
  for (const popup of dialog.querySelectorAll('.popup')) popup.remove();
  const surface = new Surface({ type: 'view', view_id: view.id }, surfaces.get(view.id), view.state);
  surfaces.set(view.id, surface);
  dialog.dataset.viewId = view.id;
  dialog.dataset.callbackId = view.callback_id || '';
  const title = uid('modal-title');
  dialog.setAttribute('aria-labelledby', title);
  fill(dialog, frame(view, surface, title));
  dialog.querySelector('.modal-body').scrollTop = scroll;
  if (focus) restore(dialog, focus);
  else focusFirst();
  complain(errors);
}

function complain(errors) {
  complained = JSON.stringify(errors);
  if (errors) showErrors(errors);
}

function frame(view, surface, title) {
  const submit = view.submit ? plain(view.submit, '') : '';
  const body = h('div', { class: 'modal-body', tabindex: '-1' }, h('div', { class: 'modal-error', role: 'alert', hidden: true }),
    renderBlocks(view.blocks, surface, { touched: clearError, submit: () => send(view, surface) }));
  // Only the button and Enter in a one-line field submit; the browser's own submission would also answer to Enter in a list.
  return h('form', { class: 'modal-frame', novalidate: true, on: { submit: (event) => event.preventDefault() } },
    h('header', { class: 'modal-head' },
      stack.length > 1 ? iconButton('back', t('back'), close, { data: { testid: 'modal-back' } })
        : avatar('', '', { app: true, small: true }),
      h('h2', { id: title }, plain(view.title, '')),
      iconButton('close', t('close'), close, { data: { testid: 'modal-dismiss' } })),
    body,
    h('footer', { class: 'dialog-foot' }, h('span', { class: 'modal-app' }, store.app.name),
      h('button', { type: 'button', class: 'button', data: { testid: 'modal-close' }, on: { click: close } },
        plain(view.close, submit ? t('cancel') : t('close'))),
      submit ? h('button', { type: 'button', class: 'button primary', on: { click: () => send(view, surface) }, disabled: view.submit_disabled === true, data: { testid: 'modal-submit' } }, submit) : null));
}

function focusFirst() {
  const wanted = dialog.querySelector('[autofocus]')
    || dialog.querySelector('.modal-body :is(input, textarea, button, a[href]):not([hidden], [tabindex="-1"])')
    || dialog.querySelector('.modal-body');
  wanted.focus({ preventScroll: true });
}

async function send(view, surface) {
  const button = dialog && dialog.querySelector('[data-testid=modal-submit]');
  if (!button || button.disabled || button.dataset.busy) return;
  const errors = validate(view, surface);
  if (Object.keys(errors).length) {
    showErrors(errors);
    return;
  }
  button.dataset.busy = 'yes';
  button.setAttribute('aria-busy', 'true');
  showErrors({});
  try {
    const answer = await api.submit(store.person.id, view.id, surface.values());
    if (answer.errors) showErrors(answer.errors);
    else if (answer.error) showTrouble(answer.error);
    else await sync();
  } catch (error) {
    showTrouble(error.message === 'offline' ? t('offline') : error.message);
  } finally {
    delete button.dataset.busy;
    button.removeAttribute('aria-busy');
  }
}

// An error whose block has no input here is shown on top instead of being lost.
function showErrors(errors) {
  if (!dialog) return;
  const homeless = { ...errors };
  let first = null;
  for (const slot of dialog.querySelectorAll('.error[data-error-for]')) {
    const text = errors[slot.dataset.errorFor];
    delete homeless[slot.dataset.errorFor];
    slot.hidden = !text;
    slot.textContent = text || '';
    const block = slot.closest('.block');
    block.classList.toggle('has-error', Boolean(text));
    const field = block.querySelector('[data-action-id]');
    if (field) field.setAttribute('aria-invalid', String(Boolean(text)));
    if (text && !first) first = { block, field };
  }
  const rest = Object.values(homeless);
  const top = dialog.querySelector('.modal-error');
  top.hidden = !rest.length;
  top.textContent = rest.join(' ');
  if (first) {
    first.block.scrollIntoView({ block: 'nearest' });
    if (first.field) first.field.focus({ preventScroll: true });
  }
}

function showTrouble(text) {
  const top = dialog && dialog.querySelector('.modal-error');
  if (!top) return;
  top.hidden = false;
  top.textContent = text;
  top.scrollIntoView({ block: 'nearest' });
}

function clearError(blockID) {
  const slot = dialog && dialog.querySelector(`.error[data-error-for="${CSS.escape(blockID)}"]`);
  if (!slot || slot.hidden) return;
  slot.hidden = true;
  slot.closest('.block').classList.remove('has-error');
}

// Esc, Cancel, Back and the cross leave the top view; the one below stands as it was, as in Slack.
async function close() {
  const view = stack[stack.length - 1];
  if (!view) return;
  try {
    await api.closeView({ person: store.person.id, view_id: view.id });
    await sync();
  } catch (error) {
    // A view that the workspace no longer has is closed already.
    stack = stack.slice(0, -1);
    draw();
    if (error.message === 'offline') emit('trouble', error);
  }
}
