// The page's only door to the workspace: one function a call of the page API, and
// the event stream. Every call names the person who acts; there are no cookies.

/** ApiError carries what the workspace answered, in words that may be shown. */
export class ApiError extends Error {
  constructor(message, status, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

async function call(path, { query, body, form } = {}) {
  const url = query ? `${path}?${new URLSearchParams(defined(query))}` : path;
  const init = { headers: { Accept: 'application/json' } };
  if (body) {
    init.method = 'POST';
    init.headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  } else if (form) {
    init.method = 'POST';
    init.body = form;
  }
  let answer;
  try {
    answer = await fetch(url, init);
  } catch {
    throw new ApiError('offline', 0, {});
  }
  const text = await answer.text();
  let data = {};
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    data = { error: text.slice(0, 300) };
  }
  if (!answer.ok) throw new ApiError(data.error || `HTTP ${answer.status}`, answer.status, data);
  return data;
}

// Calls whose answer {"error": …} means that nothing happened.
async function act(path, options) {
  const data = await call(path, options);
  if (data.error || data.ok === false) throw new ApiError(data.error || 'error', 200, data);
  return data;
}

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined && v !== null && v !== ''));
}

export const state = (person) => act('/sim/state', { query: { person } });
export const messages = (person, channel, thread) => act('/sim/messages', { query: { person, channel, thread } });
export const viewStack = (person) => act('/sim/view', { query: { person } });
export const say = (person, channel, thread, text) => act('/sim/say', { body: { person, channel, thread, text } });
export const command = (body) => act('/sim/command', { body });
export const shortcut = (body) => act('/sim/shortcut', { body });
export const action = (body) => act('/sim/action', { body });
export const suggest = (body) => act('/sim/suggest', { body });
export const react = (body) => act('/sim/react', { body });
export const openHome = (person, tab = 'home') => act('/sim/open-home', { body: { person, tab } });
export const closeView = (body) => act('/sim/close', { body });
export const faults = (body) => act('/sim/faults', { body });

/** submit answers {ok} or {errors: {block_id: text}} or {error}; only transport failures throw. */
export const submit = (person, viewID, values) => call('/sim/submit', { body: { person, view_id: viewID, state: { values } } });

/** upload sends files, with a message when a channel is given; without one they belong to a form. */
export function upload({ person, channel, thread, text, files }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(defined({ person, channel, thread, text }))) form.set(name, value);
  for (const file of files) form.append('file', file, file.name || 'pasted');
  return act('/sim/upload', { form });
}

/** fileURL is where this person reads a file's bytes. */
export const fileURL = (person, id) => `/sim/file?${new URLSearchParams({ person, id })}`;

export const TRANSCRIPT = '/sim/transcript';

/**
 * connect follows a person's events until the returned function is called: over a WebSocket,
 * since of other streams a browser keeps six to one address, all tabs together.
 * onStatus(open, again) tells of the connection; `again` means events may have been
 * missed and everything shown must be read anew.
 */
export function connect(person, onEvent, onStatus) {
  let socket = null;
  let timer = 0;
  let wait = 500;
  let opened = false;
  let stopped = false;

  function open() {
    const url = new URL(`/sim/events?${new URLSearchParams({ person })}`, window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    socket = new WebSocket(url);
    socket.onopen = () => {
      wait = 500;
      onStatus(true, opened);
      opened = true;
    };
    socket.onclose = () => {
      if (stopped) return;
      onStatus(false, false);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, 10000);
    };
    socket.onmessage = ({ data }) => {
      const { event, data: about } = JSON.parse(data);
      if (event && !stopped) onEvent(event, about);
    };
  }
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
