// What Slack's own client checks before it submits a modal: required, length, form of
// email, URL and number. The app's answers come after these.

import { t } from './texts.js';

/** validate returns {block_id: text} for the input blocks of a view; empty when all is well. */
export function validate(view, surface) {
  const errors = {};
  for (const block of view.blocks || []) {
    if (block.type !== 'input' || !block.element) continue;
    const text = complaint(block, block.element, surface.get(block, block.element));
    if (text) errors[block.block_id] = text;
  }
  return errors;
}

function complaint(block, el, value) {
  const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)
    || (typeof value === 'string' && !value.trim());
  if (empty) return block.optional ? '' : t('required');
  if (typeof value !== 'string') return '';
  const length = [...value].length;
  if (el.min_length && length < el.min_length) return t('too_short', { n: el.min_length });
  if (el.max_length && length > el.max_length) return t('too_long', { n: el.max_length });
  switch (el.type) {
    case 'email_text_input': return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? '' : t('bad_email');
    case 'url_text_input': return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value) ? '' : t('bad_url');
    case 'number_input': return number(el, value.trim());
    default: return '';
  }
}

function number(el, value) {
  if (!/^[+-]?\d+(\.\d+)?$/.test(value)) return t('bad_number');
  if (!el.is_decimal_allowed && value.includes('.')) return t('bad_integer');
  if (el.min_value !== undefined && Number(value) < Number(el.min_value)) return t('too_small', { n: el.min_value });
  if (el.max_value !== undefined && Number(value) > Number(el.max_value)) return t('too_large', { n: el.max_value });
  return '';
}
