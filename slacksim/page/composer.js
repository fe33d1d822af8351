// The composer: text, slash commands, files by button, paste and drop, and the app's
// global shortcuts. What was typed stays with its conversation until it is sent.

import * as api from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { emit, store } from './store.js';
import { emojify } from './emoji.js';
import { t } from './texts.js';
import { complete } from './complete.js';
import { sizeOf } from './files.js';
import { openMenu } from './menus.js';

const MAX_MB = 50;
const drafts = new Map(); // person, channel, thread -> {text, files}

/** composer makes one for a channel, or for a thread of it. drop is the area that takes files. */
export function composer({ channel, thread = '', placeholder, drop }) {
  const key = [store.person.id, channel, thread].join(' ');
  const draft = drafts.get(key) || { text: '', files: [] };
  drafts.set(key, draft);

  const field = h('textarea', {
    class: 'composer-field', rows: 1, placeholder, 'aria-label': placeholder, value: draft.text, enterkeyhint: 'send',
    data: { testid: 'composer', channel, thread: thread || undefined },
  });
  const send = iconButton('send', t('send'), () => go(), { class: 'send', data: { testid: 'send' } });
  const chosen = h('div', { class: 'composer-files' });
  const hint = h('div', { class: 'composer-hint', role: 'status' });
  const chooser = h('input', { type: 'file', class: 'file-chooser', multiple: true, tabindex: '-1', 'aria-label': t('attach'), data: { testid: 'attach' } });
  const shortcuts = thread ? null : iconButton('bolt', t('shortcuts'), (event) => openMenu(event.currentTarget, menu(), { testid: 'shortcuts-menu' }),
    { 'aria-haspopup': 'menu', data: { testid: 'shortcuts' } });
  const frame = h('div', { class: 'composer' }, chosen, field,
    h('div', { class: 'composer-bar' }, iconButton('attach', t('attach'), () => chooser.click()), chooser,
      iconButton('at', '@', () => insert('@')), shortcuts, hint, send));
  const completion = complete(field, frame, { commands: true });
  let busy = false;
  let next = false;
  let swallow = false;

  function grow() {
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${Math.min(field.scrollHeight, Math.round(window.innerHeight * 0.4))}px`);
  }

  function changed() {
    draft.text = field.value;
    const command = commandOf(field.value);
    hint.textContent = command && command.usage_hint && /^\S+\s/.test(field.value) ? `${command.command} ${command.usage_hint}` : field.value.includes('\n') || field.value.length < 3 ? '' : t('send_keys');
    send.disabled = busy || (!field.value.trim() && !draft.files.length);
    grow();
  }

  function insert(text) {
    field.focus();
    const spaced = field.selectionStart && !/\s$/.test(field.value.slice(0, field.selectionStart)) ? ` ${text}` : text;
    field.setRangeText(spaced, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function add(list) {
    for (const file of list) {
      if (file.size > MAX_MB * 1e6) emit('toast', { level: 'error', text: t('file_too_big', { name: file.name, n: MAX_MB }) });
      else draft.files.push(file);
    }
    drawFiles();
    changed();
  }

  function drawFiles() {
    fill(chosen, ...draft.files.map((file) => h('span', { class: 'chip' }, icon('file', 14), `${file.name || 'pasted'} · ${sizeOf(file.size)}`,
      h('button', {
        type: 'button', 'aria-label': t('remove', { name: file.name }),
        on: { click: () => { draft.files = draft.files.filter((f) => f !== file); drawFiles(); changed(); field.focus(); } },
      }, icon('close', 12)))));
  }

  async function go() {
    const text = field.value.trim();
    // What is sent while the one before is on its way goes after it.
    next = busy;
    if (busy || (!text && !draft.files.length)) return;
    const { files } = draft;
    const command = text.startsWith('/') && !files.length && /^\/[\w-]+(\s|$)/.test(text);
    if (command && (thread || !commandOf(text))) {
      const [name] = text.split(/\s/, 1);
      emit('toast', { level: 'error', text: t(thread && commandOf(text) ? 'command_in_thread' : 'unknown_command', { command: name }) });
      return;
    }
    busy = true;
    frame.classList.add('busy');
    // The field empties at once, as people go on typing; on failure the text comes back.
    field.value = '';
    draft.files = [];
    drawFiles();
    changed();
    const person = store.person.id;
    try {
      if (command) {
        const [name] = text.split(/\s/, 1);
        await api.command({ person, channel, command: name, text: text.slice(name.length).trim() });
      } else if (files.length) {
        await api.upload({ person, channel, thread, text: text, files });
      } else {
        await api.say(person, channel, thread, text);
      }
      emit('said', { channel, thread });
    } catch (error) {
      next = false; // both stand in the field now
      field.value = [text, field.value].filter(Boolean).join('\n');
      draft.files = [...files, ...draft.files];
      drawFiles();
      emit('trouble', error);
    } finally {
      busy = false;
      frame.classList.remove('busy');
      changed();
      if (next) go();
    }
  }

  function menu() {
    const run = (s) => api.shortcut({ person: store.person.id, callback_id: s.callback_id }).catch((error) => emit('trouble', error));
    const global = store.app.shortcuts.filter((s) => s.type !== 'message').map((s) => ({
      label: emojify(s.name), description: s.description ? emojify(s.description) : store.app.name, icon: icon('bolt', 16),
      data: { callbackId: s.callback_id }, onSelect: () => run(s),
    }));
    const commands = store.app.commands.map((c) => ({
      label: c.command, description: c.description || c.usage_hint,
      onSelect: () => { field.value = `${c.command} `; field.dispatchEvent(new Event('input', { bubbles: true })); field.focus(); },
    }));
    return [{ heading: t('shortcuts') }, ...(global.length ? global : [{ label: t('no_shortcuts'), disabled: true }]),
      ...(commands.length ? [{ heading: t('commands') }, ...commands] : [])];
  }

  field.addEventListener('input', changed);
  field.addEventListener('keydown', (event) => {
    if (completion.key(event)) {
      swallow = event.key === 'Enter';
      return;
    }
    // Enter while an input method composes belongs to the input method; on a phone it is a new line.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (window.matchMedia('(hover: none) and (pointer: coarse)').matches) return;
    event.preventDefault();
    swallow = true;
    go();
  });
  // Some input methods and drivers insert the line break although its key press was handled.
  field.addEventListener('beforeinput', (event) => { if (swallow && event.inputType === 'insertLineBreak') event.preventDefault(); });
  field.addEventListener('keyup', () => { swallow = false; });
  field.addEventListener('paste', (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  chooser.addEventListener('change', () => { add(chooser.files); chooser.value = ''; field.focus(); });
  takeDrops(drop || frame, add);
  drawFiles();
  changed();
  requestAnimationFrame(grow);
  return { el: frame, focus: () => field.focus({ preventScroll: true }) };
}

const commandOf = (text) => store.app.commands.find((c) => c.command === text.split(/\s/, 1)[0]);

// One composer at a time owns an area; the newest replaces the one before.
const owners = new WeakMap();
function takeDrops(area, add) {
  if (!owners.has(area)) {
    area.addEventListener('dragover', (event) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      event.preventDefault();
      area.classList.add('dropping');
      area.dataset.drop = t('drop_here');
    });
    area.addEventListener('dragleave', (event) => { if (!area.contains(event.relatedTarget)) area.classList.remove('dropping'); });
    area.addEventListener('drop', (event) => {
      area.classList.remove('dropping');
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      owners.get(area)(event.dataTransfer.files);
    });
  }
  owners.set(area, add);
}
