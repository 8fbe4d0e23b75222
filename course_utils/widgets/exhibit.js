// What all exhibits share: pieces of the page, colours of the theme, and the link to a live notebook.
//
// One script, two ways in. As a module of a Jupyter widget it offers `render` (a widget view) and `initialize` (the
// model behind a view that stands in the page as HTML). Inside the HTML fragment it is called through `mount`, works
// by itself, and joins the widget's model of the same key when a live notebook has one. The view lives in a shadow
// root, so that no page's style reaches it and its own reaches none. The exhibit's own files go behind this one: they
// offer `start` (builds the exhibit in a host), `SETTINGS` (what the notebook may read and set), `DATA` (what it
// gives once), and a store with `get`, `set` and `listen`.

// ---------------------------------------------------------------- pieces of the page

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function chooser(label, options, choose) {
  const select = h("select", { id: label.toLowerCase(), onchange: () => choose(select.value) });
  select.append(...options.map(([value, text]) => h("option", { value }, text)));
  const node = h("div", { class: "field" }, h("label", { for: select.id }, label), select);
  return { node, select };
}

function stepper(label, [low, high], choose) {
  const id = label.toLowerCase().replaceAll(" ", "-");
  const step = (by) => choose(Math.max(low, Math.min(high, Math.round(Number(input.value) || low) + by)));
  const button = (text, by) =>
    h("button", { type: "button", "aria-label": `${label} ${text}`, onclick: () => step(by) });
  const [less, more] = [button("less", -1), button("more", 1)];
  less.append("−");
  more.append("+");
  const input = h("input", { id, type: "number", min: low, max: high, step: 1, onchange: () => step(0) });
  const stepping = h("div", { class: "stepper" }, less, input, more);
  const node = h("div", { class: "field" }, h("label", { for: id }, label), stepping);
  const draw = (value) => {
    if (input.value !== String(value)) input.value = value;
    [less.disabled, more.disabled] = [value <= low, value >= high];
  };
  return { node, draw };
}

// Draw again when the space or the theme changes.
function watch(stage, redraw) {
  const resize = new ResizeObserver(redraw);
  const theme = new MutationObserver(redraw);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  resize.observe(stage);
  [document.documentElement, document.body].forEach((node) => theme.observe(node, { attributes: true }));
  scheme.addEventListener("change", redraw);
  return () => {
    resize.disconnect();
    theme.disconnect();
    scheme.removeEventListener("change", redraw);
  };
}

// ---------------------------------------------------------------- colours

const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;

// Relative luminance as the Web's accessibility rules define it; the better of black and white always reaches 4.5 : 1.
const luminance = (colour) => colour.map((part) => part / 255)
  .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0);
const inkOn = (colour) => (luminance(colour.map(Math.round)) > 0.179 ? "#000000" : "#ffffff");

function themeOf(element) {
  const { body, documentElement: page } = document;
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "true" ? "light" : "dark";
  const named = [...body.classList, page.getAttribute("theme"), page.dataset.theme].join(" ");
  if (/\bvscode-(dark|high-contrast)\b|\bdark\b/.test(named)) return "dark";
  if (/\bvscode-light\b|\blight\b/.test(named)) return "light";
  for (let place = element; place; place = place.parentElement) {
    const [r, g, b, alpha = 1] = getComputedStyle(place).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    if (alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 110 ? "dark" : "light";
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// ---------------------------------------------------------------- the live notebook behind the page

const registry = () => (window.convolutionExplorers ??= { models: new Map(), waiting: new Map() });

function initialize({ model }) {
  const { models, waiting } = registry();
  const key = model.get("_key");
  models.set(key, model);
  waiting.get(key)?.forEach((join) => join(model));
  return () => models.delete(key);
}

function whenLive(key, join) {
  const { models, waiting } = registry();
  if (models.has(key)) join(models.get(key));
  waiting.set(key, [...(waiting.get(key) ?? []), join]);
}

// Only what changed here is sent, so that a change made there at the same moment is not overwritten.
function connect(store, model) {
  const common = {};
  let sending = 0;
  const send = () => {
    sending = 0;
    const state = store.get();
    for (const name of SETTINGS.filter((name) => JSON.stringify(state[name]) !== common[name])) {
      common[name] = JSON.stringify(state[name]);
      model.set(name, state[name]);
    }
    model.save_changes();
  };
  const receive = (name) => {
    const news = model.get(name);
    common[name] = JSON.stringify(news);
    if (common[name] !== JSON.stringify(store.get()[name])) store.set({ [name]: news });
  };
  const heard = SETTINGS.filter((name) => name !== "value");
  heard.forEach((name) => { common[name] = JSON.stringify(model.get(name)); });
  store.set(Object.fromEntries(heard.map((name) => [name, model.get(name)])));
  heard.forEach((name) => model.on(`change:${name}`, () => receive(name)));
  store.listen(() => (sending ||= setTimeout(send, 40))); // a hover is many changes: tell the kernel the last one
}

// ---------------------------------------------------------------- the two ways in

function mount(key, data) {
  const hosts = document.querySelectorAll(`[data-explorer="${key}"]`);
  [...hosts].filter((host) => !host.shadowRoot).forEach((host) => start(host, data));
}

function render({ model, el }) {
  const host = h("div", { "data-lm-suppress-shortcuts": "true" });
  el.append(host);
  return start(host, Object.fromEntries([...SETTINGS, ...DATA].map((name) => [name, model.get(name)])), model);
}
