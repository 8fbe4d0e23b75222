// Around the network: the pad to draw on, the stored digits, the ten answers, and how one unit's number is made.

const FAR = 250; // squared distance at which a bar is empty
const minus = (text) => text.replace("-", "−");
const short = (number, digits = 2) => minus(number.toFixed(digits).replace(/^-(0\.0*)$/, "$1"));

// ---------------------------------------------------------------- the pad

// Strokes as smooth lines with round ends, on a canvas as fine as the screen; `place` maps the unit square.
function paintStrokes(canvas, strokes, pen, colour, size, [right, down] = [0, 0]) {
  const sharp = Math.max(1, Math.round(size * Math.min(3, window.devicePixelRatio || 1)));
  if (canvas.width !== sharp || canvas.height !== sharp) [canvas.width, canvas.height] = [sharp, sharp];
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, sharp, sharp);
  [context.lineWidth, context.lineCap, context.lineJoin, context.strokeStyle] = [pen * sharp, "round", "round", css(colour)];
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y]) => context.lineTo((x + right) * sharp, (y + down) * sharp));
    context.lineTo((stroke.at(-1)[0] + right) * sharp + 0.01, (stroke.at(-1)[1] + down) * sharp); // a dot is a line, too
    context.stroke();
  }
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function padPanel(store) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const frame = h("i", { class: "seen" });
  const hint = h("span", { class: "hint", "aria-hidden": "true" }, "Draw a digit here");
  const pad = h("div", { class: "pad", tabindex: 0, role: "application", "aria-roledescription": "drawing pad",
    "aria-label": "Drawing pad", "aria-describedby": "pad-keys" }, canvas, hint, frame);
  let pointer = null;
  const at = ({ clientX, clientY }) => {
    const box = pad.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height].map((part) => Math.max(0, Math.min(1, part)));
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault(); // no text is selected, no page scrolled
    pad.focus({ preventScroll: true });
    pad.classList.add("drawing");
    pointer = event.pointerId;
    try { pad.setPointerCapture(pointer); } catch { /* a pointer that is gone already */ }
    const { strokes, stored, offset } = store.get();
    const before = stored !== null ? [] : strokes.map((stroke) => stroke.map(([x, y]) => [x + offset[0], y + offset[1]]));
    store.set({ strokes: [...before, [at(event)]], stored: null, shift: [0, 0] });
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const { strokes } = store.get();
    const points = (event.getCoalescedEvents?.() ?? []).concat([event]).map(at);
    const stroke = strokes[strokes.length - 1].concat(points.filter(([x, y], k) => {
      const [px, py] = k ? points[k - 1] : strokes[strokes.length - 1].at(-1);
      return Math.hypot(x - px, y - py) > 0.004;
    }));
    store.set({ strokes: [...strokes.slice(0, -1), stroke] });
  });
  const lift = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    pad.classList.remove("drawing");
  };
  ["pointerup", "pointercancel"].forEach((kind) => pad.addEventListener(kind, lift));
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) moved(store, MOVES[event.key]);
    else if (/^[0-9]$/.test(event.key)) choose(store, Number(event.key));
    else if (["Delete", "Backspace"].includes(event.key)) clear(store);
    else return;
    event.preventDefault();
  });
  const draw = (state, theme) => {
    paintStrokes(canvas, state.strokes, 0.075, PAPERS[theme][1], pad.clientWidth || 260, state.offset);
    hint.hidden = state.strokes.length > 0;
    pad.setAttribute("aria-label", `Drawing pad: ${contentOf(state)}`);
    const field = state.unit && state.place && state.fields[0];
    frame.hidden = !field;
    if (!field) return;
    const { scale, left, top, across, down } = state.place;
    const along = ([first, last], begin, before) => [first, last + 1].map((pixel) =>
      Math.max(0, Math.min(1, (pixel - before) / scale + begin)));
    const [x1, x2] = along(field.columns, left + state.offset[0], across);
    const [y1, y2] = along(field.rows, top + state.offset[1], down);
    frame.classList.toggle("whole", x2 - x1 > 0.999 && y2 - y1 > 0.999);
    frame.style.cssText = `left:${100 * x1}%;top:${100 * y1}%;width:${100 * (x2 - x1)}%;height:${100 * (y2 - y1)}%`;
  };
  return { node: pad, draw };
}

const contentOf = ({ strokes, stored }) =>
  (stored !== null ? `stored digit ${stored}` : strokes.length ? "your drawing" : "empty");
const choose = (store, digit) => store.set({ strokes: STORED[digit], stored: digit, shift: [0, 0] });
const clear = (store) => store.set({ strokes: [], stored: null, shift: [0, 0] });
const moved = (store, by) => store.set({
  shift: store.get().shift.map((old, axis) => Math.max(-FURTHEST, Math.min(FURTHEST, old + by[axis]))),
});

function toolsPanel(store) {
  const digits = STORED.map((strokes, digit) => {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const button = h("button", { type: "button", class: "digit", "aria-label": `Stored digit ${digit}`,
      onclick: () => choose(store, digit) }, canvas);
    return { canvas, button, strokes };
  });
  const shelf = h("div", { class: "shelf", role: "group", "aria-label": "Stored digits" }, ...digits.map(({ button }) => button));
  const arrow = (text, label, key) => h("button", { type: "button", class: key, "aria-label": `Shift ${label} by one pixel`,
    onclick: () => moved(store, MOVES[key]) }, text);
  const centre = h("button", { type: "button", class: "Centre", "aria-label": "Shift back to the middle",
    onclick: () => store.set({ shift: [0, 0] }) }, "●");
  const cross = h("div", { class: "cross", role: "group", "aria-label": "Shift the digit" }, arrow("↑", "up", "ArrowUp"),
    arrow("←", "left", "ArrowLeft"), centre, arrow("→", "right", "ArrowRight"), arrow("↓", "down", "ArrowDown"));
  const erase = h("button", { type: "button", class: "clear", onclick: () => clear(store) }, "Clear");
  const where = h("span", { class: "where" });
  const node = h("div", { class: "tools" }, h("h5", {}, "or take one of these"), shelf,
    h("div", { class: "moves" }, cross, h("div", { class: "side" }, h("h5", {}, "shift it"), where, erase)));
  const draw = (state, theme) => {
    digits.forEach(({ canvas, button, strokes }, digit) => {
      paintStrokes(canvas, strokes, 0.09, PAPERS[theme][1], 34);
      button.setAttribute("aria-pressed", String(state.stored === digit));
    });
    const [x, y] = state.shift;
    const parts = [x && `${Math.abs(x)} px ${x > 0 ? "right" : "left"}`, y && `${Math.abs(y)} px ${y > 0 ? "down" : "up"}`];
    where.textContent = x || y ? parts.filter(Boolean).join(", ") : "in the middle";
    erase.disabled = !state.strokes.length;
    centre.disabled = !x && !y;
    cross.querySelectorAll("button:not(.Centre)").forEach((button) => { button.disabled = !state.strokes.length; });
  };
  return { node, draw };
}

// ---------------------------------------------------------------- the answers

// What the network says: its digit, or that the picture is nearer to no digit than `RUBBISH`.
function verdictOf({ strokes, values }) {
  const distances = [...values[LEVELS.length - 1]];
  const all = chances(distances);
  const digit = distances.indexOf(Math.min(...distances));
  return { empty: !strokes.length, digit, distance: distances[digit], chance: all[digit], none: all[10] > all[digit] };
}

function percent(part) {
  if (part > 0.999) return "more than 99.9 %";
  return `${(100 * part).toFixed(part < 0.1 || part > 0.99 ? 1 : 0)} %`;
}

function verdictPanel() {
  const [numeral, words, doubt] = [h("strong", { class: "numeral" }), h("p", { class: "words" }), h("p", { class: "doubt" })];
  const node = h("div", { class: "verdict" }, h("h5", {}, "The network reads"), numeral, words, doubt);
  const draw = (state) => {
    const { empty, digit, distance, chance, none } = verdictOf(state);
    node.classList.toggle("none", none || empty);
    numeral.textContent = empty ? "–" : none ? "?" : String(digit);
    words.textContent = empty ? "nothing yet" : none ? "no digit that it knows" : `${percent(chance)} sure`;
    doubt.textContent = empty ? "" : none ? `nearest: ${digit}, at ${short(distance, 1)}` : `distance ${short(distance, 1)}`;
  };
  return { node, draw };
}

function answersPanel(network, chosen, choose) {
  const level = LEVELS.length - 1;
  const rows = everyMap(10).map((digit) => {
    const glyph = h("canvas", { "aria-hidden": "true" });
    const [bar, number] = [h("i"), h("span", { class: "number" })];
    const node = h("div", { class: "answer" }, glyph, h("b", {}, String(digit)), h("span", { class: "bar-of" }, bar), number);
    ["pointermove", "pointerdown"].forEach((kind) => node.addEventListener(kind, () => choose({ level, map: digit, row: 0, column: 0 }, kind)));
    return { node, glyph, bar, number };
  });
  const set = h("div", { class: "maps", tabindex: 0, role: "application", "aria-roledescription": "ten answers",
    "aria-describedby": "digit-keys", "aria-label": SPOKEN.output }, ...rows.map((row) => row.node));
  const [title, size] = TITLES.output;
  const node = h("div", { class: "level output" }, h("div", { class: "head" }, h("b", {}, title), h("span", {}, size)), set);
  set.addEventListener("keydown", (event) => {
    const next = stepped(event, level, chosen()?.level === level ? chosen() : null, gridOf(level, true));
    if (next) { event.preventDefault(); choose(next); }
  });
  const draw = (state, theme) => {
    const distances = state.values[level];
    const order = everyMap(10).sort((a, b) => distances[a] - distances[b]);
    const told = order.slice(0, 3).map((digit) => `${digit} at ${short(distances[digit], 1)}`).join(", ");
    set.setAttribute("aria-label", `${SPOKEN.output}; nearest: ${told}`);
    rows.forEach(({ node: row, glyph, bar, number }, digit) => {
      const codes = network.weights.output.codes.subarray(84 * digit, 84 * digit + 84);
      const best = digit === state.best;
      dots(glyph, 12, 7, (k) => (codes[k] < 0 ? SURFACE[theme] : best ? DRAWN[theme] : mix(...PAPERS[theme], 0.55)));
      bar.style.width = `${100 * Math.max(0, 1 - Math.sqrt(distances[digit] / FAR))}%`;
      number.textContent = short(distances[digit], distances[digit] < 100 ? 1 : 0);
      row.classList.toggle("best", best);
      row.classList.toggle("chosen", state.unit?.level === level && state.unit.map === digit);
    });
  };
  return { node, set, draw, glyphs: rows.map((row) => row.glyph) };
}

// ---------------------------------------------------------------- how one number is made

// One tile of numbers: coloured, and written out where there is room.
function tile(kind, numbers, rows, columns, colour, written) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  dots(canvas, rows, columns, (k) => colour(numbers[k]));
  const node = h("div", { class: `tile ${kind}`, style: `--rows:${rows};--columns:${columns}` }, canvas);
  if (written) {
    const look = (below) => ({ style: `background:${css(below)};color:${inkOn(below)}` });
    node.append(h("div", { class: "written" }, ...[...numbers].map((number) =>
      h("span", look(colour(number)), short(number, Math.abs(number) < 10 ? 2 : 1)))));
  }
  return node;
}

// The squashing function, and where on it this unit stands.
function curve(sum, value) {
  const [width, height, reach] = [132, 74, 4.5];
  const x = (a) => ((Math.max(-reach, Math.min(reach, a)) + reach) / (2 * reach)) * width;
  const y = (out) => height / 2 - (out / 1.9) * (height / 2);
  const points = Array.from({ length: 61 }, (_, k) => ((k - 30) / 30) * reach).map((a) => `${x(a)},${y(squash(a))}`);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", "aria-hidden": "true" });
  picture.append(svg("path", { d: `M0 ${height / 2}H${width}M${width / 2} 0V${height}`, class: "axes" }),
    svg("polyline", { points: points.join(" ") }),
    svg("path", { d: `M${x(sum)} ${height / 2}V${y(value)}H${width / 2}`, class: "drop" }),
    svg("circle", { cx: x(sum), cy: y(value), r: 4.5 }));
  return picture;
}

function shapeOf(level, count) {
  if (LEVELS[level].name === "F6") return [6, 20];
  if (LEVELS[level].name === "output") return [12, 7];
  return [Math.sqrt(count), Math.sqrt(count)];
}

function nameOf({ level, map, row, column }) {
  const { name, side } = LEVELS[level];
  if (name === "output") return `Answer ${map}`;
  if (name === "F6") return `F6, row ${Math.floor(map / 7)}, column ${map % 7} of its drawing`;
  return side > 1 ? `${name}, map ${map}, row ${row}, column ${column}` : `${name}, unit ${map}`;
}

function workPanel(network) {
  const [title, parts, sum] = [h("h4"), h("div", { class: "parts" }), h("div", { class: "sum" })];
  const hold = h("span", { class: "hold" });
  const node = h("div", { class: "work" }, hold, title, h("div", { class: "making" }, parts, sum));
  const draw = (state, theme) => {
    const { unit, values } = state;
    const work = workOf(network, values, unit);
    const { kind, name } = LEVELS[unit.level];
    const distance = kind === "distance";
    title.replaceChildren(nameOf(unit), h("small", {}, sawOf(state)));
    hold.textContent = state.held ? "held: click it again to let go" : "";
    const all = (list) => work.parts.flatMap((part) => part[list]);
    const most = (list) => Math.max(1e-9, ...all(list).map(Math.abs));
    const [weights, products] = [most("weights"), most("products")];
    const below = colourOf(unit.level - 1, theme);
    const [rows, columns] = shapeOf(unit.level, work.parts[0].sees.length);
    const written = work.parts.length === 1 && columns <= 5;
    const scales = [["sees", "seen", below], ["weights", "kernel", distance ? below : (x) => heat(x, weights, theme)],
      ["products", "made", (x) => heat(x, products, theme)]];
    parts.style.setProperty("--parts", work.parts.length);
    parts.className = `parts ${name}`;
    node.classList.toggle("large", written || distance);
    const labels = [distance ? "F6 drew" : "it sees", distance ? "the code" : "× kernel", distance ? "difference²" : "= products"];
    if (kind === "subsampling") labels[1] = "× coefficient";
    if (kind === "dense") labels[1] = "× weights";
    parts.replaceChildren(...scales.flatMap(([list, look, colour], k) => [h("span", { class: "label" }, labels[k]),
      ...work.parts.map((part) => tile(look, part[list], rows, columns, colour, written))]),
    ...(work.parts.length > 6 ? [] : [h("span", { class: "label" }, "Σ"),
      ...work.parts.map((part) => h("span", { class: "partial" }, short(part.sum)))]));
    sum.replaceChildren(...(distance ? [h("p", {}, "84 squared differences, added up"),
      h("output", { class: "result" }, short(work.value)), h("p", {}, "the smallest of the ten wins")]
      : [...sumLines(work).map((line) => h("p", {}, line)), curve(work.sum, work.value), h("output", { class: "result" }, short(work.value)),
        h("p", { class: "formula" }, "1.7159 · tanh(⅔ · sum)")]));
  };
  return { node, draw };
}

// Two lines: what is added, and the sum; "≈" where the numbers, rounded as they are shown, do not add up.
function sumLines({ parts, bias, sum }) {
  const before = parts.reduce((total, part) => total + part.sum, 0);
  const cents = (number) => Math.round(100 * number);
  const sign = cents(before) + cents(bias) === cents(sum) ? "=" : "≈";
  return [`${short(before)} ${bias < 0 ? "−" : "+"} ${short(Math.abs(bias))} (bias)`, `${sign} ${short(sum)}`];
}

// How much of the drawing a unit looks at, and through which maps.
function sawOf({ unit, fields }) {
  const size = ({ rows, columns }) => `${rows[1] - rows[0] + 1} × ${columns[1] - columns[0] + 1}`;
  const maps = fields[unit.level - 1].maps;
  const { name, side } = LEVELS[unit.level - 1];
  const through = unit.level < 2 ? "" : side === 1 ? ` through all ${maps.length} units of ${name}`
    : maps.length > 6 ? ` through all ${maps.length} maps of ${name}`
      : ` through map${maps.length > 1 ? "s" : ""} ${maps.join(", ")} of ${name}`;
  return `sees ${size(fields[0])} pixels of the input${through}`;
}
