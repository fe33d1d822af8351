// Building elements. Text enters the page only as text nodes, attributes only by
// name: no function here, and no module of this page, takes HTML.

const SVG = 'http://www.w3.org/2000/svg';

// Properties that must be set on the object, not as attributes.
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'multiple', 'indeterminate']);

/** h makes an element: h('p', {class: 'x', on: {click: f}, data: {testid: 'y'}}, 'text', child). */
export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') el.className = value;
    else if (name === 'on') for (const [event, fn] of Object.entries(value)) el.addEventListener(event, fn);
    else if (name === 'data') for (const [k, v] of Object.entries(value)) { if (v !== undefined && v !== null) el.dataset[k] = v; }
    else if (PROPERTIES.has(name)) el[name] = value;
    else el.setAttribute(name, value === true ? '' : String(value));
  }
  append(el, children);
  return el;
}

/** fill replaces what an element holds; null, undefined and false are left out. */
export function fill(el, ...children) {
  el.replaceChildren();
  append(el, children);
}

function append(el, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (Array.isArray(child)) append(el, child);
    else el.append(child);
  }
}

// Line drawings on a 20 x 20 grid, made for this page.
const ICONS = {
  menu: 'M3 6h14M3 10h14M3 14h14',
  close: 'M5 5l10 10M15 5L5 15',
  back: 'M12 4l-6 6 6 6',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  reply: 'M4 5h12v8H9l-4 3v-3H4z',
  send: 'M4 10h11M10.5 5l5 5-5 5',
  attach: 'M14.5 9.5l-5 5a3 3 0 0 1-4.3-4.3l6-6a2 2 0 0 1 2.9 2.9l-5.8 5.8a.9.9 0 0 1-1.3-1.3l5-5',
  bolt: 'M11 3l-6 8h4l-1 6 6-8h-4z',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  file: 'M6 3h5l4 4v10H6zM11 3v4h4',
  key: 'M12.5 4a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 10l-6 6v1h3v-2h2v-2',
  download: 'M10 4v8M6.5 9l3.5 3.5L13.5 9M4 16h12',
  copy: 'M7 7h8v9H7zM5 13V4h8',
  check: 'M4 10.5l4 4 8-9',
  alert: 'M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.2v.1',
  down: 'M5 8l5 5 5-5',
  at: 'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM13 7v4.5a1.8 1.8 0 0 0 3.6 0V10A6.6 6.6 0 1 0 14 15.3',
  trash: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11',
  seal: 'M10 2.8l1.9 1.5 2.4-.2.6 2.3 2 1.4-.9 2.2.9 2.2-2 1.4-.6 2.3-2.4-.2-1.9 1.5-1.9-1.5-2.4.2-.6-2.3-2-1.4.9-2.2-.9-2.2 2-1.4.6-2.3 2.4.2zM7.4 10l1.9 1.9 3.4-3.6',
  hash: 'M8 3.5L6.5 16.5M13.5 3.5L12 16.5M4 7.5h13M3 12.5h13',
  tab: 'M8 5H5v10h10v-3M11 4h5v5M16 4l-7 7',
  wrench: 'M13 3a4 4 0 0 0-3.8 5.2L3.5 14l2.5 2.5 5.8-5.7A4 4 0 0 0 17 7l-2.4 2.2-2.6-.8-.6-2.6L13.6 3.5z',
};

/** icon draws one of the line drawings above; it is decoration, hidden from screen readers. */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [k, v] of Object.entries({ viewBox: '0 0 20 20', width: size, height: size, 'aria-hidden': 'true', class: `icon icon-${name}` })) {
    svg.setAttribute(k, v);
  }
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name] || ICONS.file);
  svg.append(path);
  return svg;
}

/** iconButton is a button with a drawing and a spoken name. */
export function iconButton(name, label, onClick, props = {}) {
  return h('button', {
    type: 'button', title: label, 'aria-label': label, ...props,
    class: 'icon-button' + (props.class ? ' ' + props.class : ''), on: { click: onClick },
  }, icon(name));
}

let serial = 0;
/** uid gives an id that no other element of this page has. */
export function uid(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** layer is where a popup must stand to be on top: the open dialog around the anchor, or the page. */
export function layer(anchor) {
  return anchor.closest('dialog') || document.body;
}

/** place puts a fixed popup under its anchor, above it where there is no room, inside the window. */
export function place(popup, anchor, { match = false, end = false } = {}) {
  const a = anchor.getBoundingClientRect();
  if (match) popup.style.setProperty('min-width', `${Math.round(a.width)}px`);
  const { offsetWidth: w, offsetHeight: height } = popup;
  const below = window.innerHeight - a.bottom - 8;
  const top = below >= height || below >= a.top ? a.bottom + 4 : Math.max(8, a.top - height - 4);
  const left = end ? a.right - w : a.left;
  popup.style.setProperty('top', `${Math.round(top)}px`);
  popup.style.setProperty('left', `${Math.round(Math.max(8, Math.min(left, window.innerWidth - w - 8)))}px`);
  popup.style.setProperty('max-height', `${Math.round(Math.max(140, top >= a.bottom ? below - 4 : a.top - 12))}px`);
}

/** sweep takes away popups whose anchor a redraw has removed; a popup names it as its `anchor`. */
export function sweep() {
  for (const popup of document.querySelectorAll('.popup, .menu')) if (popup.anchor && !popup.anchor.isConnected) popup.remove();
}

/** reconcile makes the children of parent be `wanted`, in order, moving nothing that already stands right. */
export function reconcile(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const el of wanted) {
    if (el === at) at = at.nextElementSibling;
    else parent.insertBefore(el, at);
  }
}
