// Draw a digit, and LeNet-5 of 1998 reads it: every unit lights up, every number can be followed.
//
// Before this file go `exhibit.js` (pieces of the page) and `digit_network.js`, `digit_strokes.js`, `digit_stage.js`,
// `digit_parts.js`. Everything is computed here, in the page.

const WIDE = 620; // CSS pixels: from here on the network runs from left to right, below from top to bottom

function makeDigitStore(network, data) {
  const listeners = new Set();
  let state = { unit: data.unit, held: false, shift: [0, 0], stored: data.start, strokes: data.start === null ? [] : STORED[data.start] };
  const settle = (next) => {
    if (next.strokes !== state.strokes || next.shift !== state.shift || !next.values) {
      const { ink, place } = inkOf(next.strokes, next.shift);
      next = { ...next, place, values: answer(network, toInput(ink)) };
      next.offset = next.shift.map((pixels) => (place ? pixels / place.scale : 0)); // the same shift on the pad
      const { empty, none, digit } = verdictOf(next);
      next.best = empty || none ? null : digit;
    }
    return { ...next, fields: next.unit ? fieldOf(next.unit) : {} };
  };
  state = settle(state);
  return {
    get: () => state,
    listen: (listener) => listeners.add(listener),
    set(changes) {
      const before = state;
      state = settle({ ...state, ...changes });
      listeners.forEach((listener) => listener(state, before));
    },
  };
}

function start(host, data) {
  const network = makeNetwork(data.weights);
  const store = makeDigitStore(network, data);
  const root = host.attachShadow({ mode: "open" });
  const chosen = () => store.get().unit;
  // A click holds a unit, so that the pointer may leave it; the next click on it lets go. Keys choose at any time.
  const pick = (unit, how) => {
    const { unit: old, held } = store.get();
    const same = ["level", "map", "row", "column"].every((name) => old[name] === unit[name]);
    if (how === "pointerdown") store.set({ unit, held: !(held && same) });
    else if (!same && !(held && how === "pointermove")) store.set({ unit });
  };
  const levels = everyMap(LEVELS.length - 1).map((level) => levelPanel(network, level, chosen, pick));
  const [pad, tools, verdict] = [padPanel(store), toolsPanel(store), verdictPanel()];
  const [answers, work] = [answersPanel(network, chosen, pick), workPanel(network)];
  const flow = h("div", { class: "flow" }, ...levels.map((level) => level.node), answers.node);
  const wires = makeWires(flow, levels, answers);
  const keys = h("p", { class: "note" },
    h("span", { id: "pad-keys" }, "On the pad: keys 0 to 9 take a stored digit, arrows shift it, Delete clears. "),
    h("span", { id: "digit-keys" }, "In the network: point at a unit and click to hold it, or Tab to a layer and use the arrows; Page Up and Down change the map."));
  const spoken = h("p", { class: "spoken", "aria-live": "polite" });
  const desk = h("div", { class: "desk" }, pad.node, tools.node, verdict.node);
  const title = h("h4", { class: "title" }, "LeNet-5 reads what you draw",
    h("small", {}, "the network of 1998, computed in this page as you draw"));
  const body = h("div", { class: "body" }, title, desk, flow, legendOf(), work.node, keys, spoken);
  const page = h("section", { class: "explorer draw-digit", "aria-label": data.alt }, body);
  root.append(Object.assign(h("style"), { textContent: data._style }), page);

  let speech = 0;
  const draw = (state, before) => {
    const theme = (page.dataset.theme = themeOf(host));
    const tall = body.clientWidth >= WIDE || !body.clientWidth;
    page.classList.toggle("tall", tall);
    const fresh = !before || before.values !== state.values;
    if (fresh) levels.forEach((level, k) => level.draw(state.values[k], theme, tall));
    levels.forEach((level, k) => level.mark(state.fields[k], state.unit?.level === k ? state.unit : null));
    [pad, verdict, answers, work].forEach((panel) => panel.draw(state, theme));
    if (!before || before.stored !== state.stored || before.shift !== state.shift || !before.strokes.length !== !state.strokes.length) {
      tools.draw(state, theme);
    }
    if (!before || ["unit", "best"].some((name) => before[name] !== state[name])) wires.draw(state, tall);
    if (before && before.stored !== state.stored && state.stored !== null) wave(flow);
    host.dataset.value = state.best ?? "";
    clearTimeout(speech);
    speech = setTimeout(() => { spoken.textContent = spokenState(state, before); }, 400);
  };
  const redraw = () => draw(store.get());
  redraw();
  let waiting = null;
  store.listen((state, before) => { // a stroke is many points: draw once a frame
    if (waiting === null) requestAnimationFrame(() => { const first = waiting; waiting = null; draw(store.get(), first); });
    waiting ??= before;
  });
  host.explorer = { get: store.get, set: store.set, take: (digit) => choose(store, digit) };
  page.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook's own shortcuts stay out
  hideStill(host, data);
  return watch(body, redraw);
}

// The maps light up one level after the other, where motion is welcome.
function wave(flow) {
  flow.classList.remove("wave");
  void flow.offsetWidth; // begins anew
  flow.classList.add("wave");
}

function legendOf() {
  return h("div", { class: "legend" }, h("span", {}, "−1.7", h("i"), "+1.7"),
    h("p", {}, "F6 draws the digit anew; of ten drawn digits the nearest wins: the smallest distance, the longest bar."));
}

function spokenState(state, before) {
  const { empty, digit, chance, none, distance } = verdictOf(state);
  const read = empty ? "The pad is empty." : none ? `No digit that it knows; nearest is ${digit}.`
    : `The network reads ${digit}, ${percent(chance)} sure, distance ${short(distance, 1)}.`;
  if (!before || before.unit === state.unit) return read;
  const { level, map, row, column } = state.unit;
  const side = LEVELS[level].side;
  return `${nameOf(state.unit)}: ${short(state.values[level][(map * side + row) * side + column])}; ${sawOf(state)}.`;
}

// A still picture stands before this exhibit, for pages without scripts: here it is not needed.
function hideStill(host, data) {
  const isBefore = (image) => image.compareDocumentPosition(host) & Node.DOCUMENT_POSITION_FOLLOWING;
  const image = [...document.images].filter((one) => (one.src.endsWith(data.still) || one.alt === data.alt) && isBefore(one)).pop();
  const output = image?.closest(".jp-OutputArea-child, .output, .output_area") ?? image;
  if (output) output.style.display = "none";
}

export default { mount };
