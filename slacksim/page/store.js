// What the page knows of the workspace for the person now played, and a small bus by
// which modules tell each other of intents and changes. No element lives here.

const bus = new EventTarget();

/** on calls fn(detail) for each emit of name. */
export function on(name, fn) {
  bus.addEventListener(name, (event) => fn(event.detail));
}

/** emit tells every listener of name. */
export function emit(name, detail) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

export const store = {
  team: {}, person: {}, people: new Map(), groups: new Map(), channels: new Map(), app: {}, home: null,
  channel: '', thread: '', tab: 'messages', online: true,
};

/** load takes an answer of /sim/state. */
export function load(state) {
  const person = typeof state.person === 'object' && state.person ? state.person : { id: state.person };
  store.team = state.team || {};
  store.people = new Map((state.people || []).map((p) => [p.id, p]));
  store.groups = new Map(Object.entries(state.groups || {}));
  store.person = { ...store.people.get(person.id), ...person };
  store.channels = new Map((state.channels || []).map((c) => [c.id, c]));
  store.app = { commands: [], shortcuts: [], ...(state.app || {}) };
  store.home = state.home || null;
}

/** nameOf is a person's or app's shown name; the id itself where it is unknown. */
export function nameOf(id) {
  if (isApp(id)) return store.app.name || id;
  const person = store.people.get(id);
  return person ? person.real_name || person.name || id : id;
}

export function isApp(id) {
  const { app } = store;
  return Boolean(id) && (id === app.id || id === app.user_id || id === app.bot_id || id === app.bot_user_id);
}

/** appUser is the id by which the app is mentioned. */
export const appUser = () => store.app.user_id || store.app.bot_user_id || store.app.id;

/** appChannel is the direct message between this person and the app, if there is one. */
export function appChannel() {
  const ims = [...store.channels.values()].filter((c) => c.kind === 'im');
  return ims.find((c) => isApp(c.user) || (c.members || []).some((m) => isApp(m.id || m)))
    || ims.find((c) => c.name === store.app.name) || null;
}

/** titleOf is a channel's name as people say it. */
export function titleOf(channel) {
  if (!channel) return '';
  if (channel.kind !== 'im') return channel.name;
  const app = appChannel();
  if (app && app.id === channel.id) return store.app.name || channel.name;
  return store.people.has(channel.user) ? nameOf(channel.user) : channel.name || nameOf(channel.user);
}

/** mentionables lists what may follow @ in a message, with the names it answers to: the app, then people. */
export function mentionables() {
  const people = [...store.people.values()].filter((p) => !isApp(p.id))
    .map((p) => ({ id: p.id, names: [p.real_name, p.name, p.display_name, p.handle].filter(Boolean) }));
  const app = { id: appUser(), app: true, names: [store.app.name, store.app.handle].filter(Boolean) };
  return [...(app.id ? [app] : []), ...people];
}

/** initials takes one or two characters that stand for a name, in any script. */
export function initials(name) {
  const words = String(name || '?').trim().split(/[\s._-]+/).filter(Boolean);
  if (!words.length) return '?';
  const first = [...words[0]];
  if (/\p{Script=Han}/u.test(first[0])) return first.slice(-2).join('');
  const latin = words.filter((w) => !/\p{Script=Han}/u.test(w));
  return (first[0] + (latin.length > 1 ? [...latin[latin.length - 1]][0] : '')).toUpperCase();
}

/** hue gives each person one of eight avatar colours, neighbours different ones. */
export function hue(id) {
  const at = [...store.people.keys()].indexOf(id);
  if (at >= 0) return (at * 3 + 4) % 8;
  let sum = 0;
  for (const c of String(id)) sum = (sum * 31 + c.codePointAt(0)) % 9973;
  return sum % 8;
}
