// Files in messages: a card with download, the content of text files on request, images inline.

import * as api from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { emit, store } from './store.js';
import { t } from './texts.js';

const TEXT_ENDINGS = /\.(pem|crt|cer|csr|req|key|chain|txt|log|md|csv|json|jsonl|ya?ml|conf|cfg|ini|xml|sh|p7b|asc|pub)$/i;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const MAX_PREVIEW = 256 * 1024;
const FIRST_LINES = 14;

/** sizeOf is a size as people read it. */
export function sizeOf(bytes) {
  const n = Number(bytes) || 0;
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${(n / 1000).toFixed(n < 10000 ? 1 : 0)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

const isText = (file) => /^text\/(?!html)/.test(file.mimetype || '') || TEXT_ENDINGS.test(file.name || '')
  || /(pem|x509|pkcs10|json|yaml)/.test(file.mimetype || '');

/** fileCards draws the files of a message. */
export function fileCards(files) {
  return h('div', { class: 'files' }, files.filter((f) => f && f.id && f.mode !== 'tombstone').map(card));
}

function card(file) {
  const url = api.fileURL(store.person.id, file.id);
  const name = file.name || file.title || file.id;
  if (IMAGES.has(file.mimetype)) {
    return h('figure', { class: 'file-image', data: { testid: 'file', fileId: file.id } },
      h('figcaption', null, name, ' ', h('a', { href: url, download: name, 'aria-label': `${t('download')} ${name}` }, icon('download', 16))),
      h('a', { href: url, target: '_blank', rel: 'noopener' }, h('img', { src: url, alt: name, loading: 'lazy' })));
  }
  const view = h('div', { class: 'file-view', hidden: true });
  const pem = /\.(pem|crt|cer|csr|chain|p7b)$/i.test(name);
  const toggle = isText(file) && Number(file.size || 0) <= MAX_PREVIEW ? h('button', {
    type: 'button', class: 'link-button', 'aria-expanded': 'false', data: { testid: 'file-preview' },
    on: { click: () => show(view, toggle, url) },
  }, t('preview')) : null;
  return h('div', { class: 'file-card', data: { testid: 'file', fileId: file.id } },
    h('div', { class: 'file-head' },
      h('span', { class: `file-icon${pem ? ' pem' : ''}` }, icon(pem ? 'seal' : 'file', 20)),
      h('span', { class: 'file-about', title: name }, h('span', { class: 'file-name' }, file.title || name),
        h('span', { class: 'file-size' }, [file.pretty_type || (file.filetype || '').toUpperCase(), sizeOf(file.size)].filter(Boolean).join(' · '))),
      toggle,
      h('a', { class: 'icon-button', href: url, download: name, title: t('download'), 'aria-label': `${t('download')} ${name}` }, icon('download'))),
    view);
}

async function show(view, toggle, url) {
  const opening = view.hidden;
  toggle.setAttribute('aria-expanded', String(opening));
  toggle.textContent = t(opening ? 'hide' : 'preview');
  view.hidden = !opening;
  if (!opening || view.firstChild) return;
  view.append(h('div', { class: 'quiet' }, t('loading')));
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const text = (await answer.text()).slice(0, MAX_PREVIEW);
    fill(view, ...content(text));
  } catch {
    fill(view, h('div', { class: 'quiet' }, t('no_preview')));
  }
}

function content(text) {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const long = lines.length > FIRST_LINES + 2;
  const code = h('code', null, (long ? lines.slice(0, FIRST_LINES) : lines).join('\n'));
  const labels = [...new Set([...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,40})-----/gm)].map((m) => m[1]))];
  const copy = iconButton('copy', t('copy_text'), async () => {
    await navigator.clipboard.writeText(text).catch(() => {});
    emit('toast', { level: 'info', text: t('copied') });
  }, { class: 'small' });
  const all = long ? h('button', {
    type: 'button', class: 'link-button', on: { click: () => { code.textContent = text; all.remove(); } },
  }, `${t('show_all')} (${lines.length})`) : null;
  return [
    h('div', { class: 'file-bar' }, labels.map((l) => h('span', { class: 'tag' }, l)), copy),
    h('pre', { class: 'code', tabindex: '0' }, code), all,
  ];
}
