// The convolution explorer: point at an output pixel and see the patch, the kernel, the products and their sum.
//
// One script, two ways in. As a module of a Jupyter widget it offers `render` (a widget view) and `initialize` (the
// model behind a view that stands in the page as HTML). Inside the HTML fragment it is called through `mount`, works
// by itself, and joins the widget's model of the same key when a live notebook has one. All arithmetic is done here:
// cross-correlation with zeros outside the image, added up in the order of `convolution.conv2d`, so that integers
// are equal to it exactly. The view lives in a shadow root, so that no page's style reaches it and its own reaches none.

const SETTINGS = ["image", "kernel", "stride", "padding", "dilation", "row", "column", "value"];
const MOST_NUMBERED = 14; // pixels along a side up to which the numbers are written into the cells
const LARGEST_MAP = 320; // CSS pixels
const LARGEST_CELL = 46;

// ---------------------------------------------------------------- arithmetic

function unpack({ rows, columns, bytes, values }) {
  const numbers = bytes ? Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)) : values;
  let [low, high] = [0, 0];
  for (const number of numbers) [low, high] = [Math.min(low, number), Math.max(high, number)];
  const photograph = Boolean(bytes) && high > 64; // bytes over their whole range, not small counts
  return { rows, columns, numbers, low, high: photograph ? 255 : high, photograph };
}

function pixelAt(picture, y, x) {
  const inside = y >= 0 && x >= 0 && y < picture.rows && x < picture.columns;
  return inside ? picture.numbers[y * picture.columns + x] : 0;
}

const spanOf = (size, dilation) => dilation * (size - 1) + 1;

function outputSize(size, kernel, { stride, padding, dilation }) {
  const room = size + 2 * padding - spanOf(kernel, dilation);
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

function convolve(picture, kernel, settings) {
  const { stride, padding, dilation } = settings;
  const rows = outputSize(picture.rows, kernel.length, settings);
  const columns = outputSize(picture.columns, kernel[0].length, settings);
  const numbers = new Float64Array(rows * columns);
  kernel.forEach((weights, i) => weights.forEach((weight, j) => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const [y, x] = [r * stride + i * dilation - padding, c * stride + j * dilation - padding];
        numbers[r * columns + c] += pixelAt(picture, y, x) * weight;
      }
    }
  }));
  const fits = rows > 0 && columns > 0;
  return { rows: fits ? rows : 0, columns: fits ? columns : 0, numbers, ...range(numbers) };
}

function range(numbers) {
  let [low, high] = [0, 0];
  for (const number of numbers) [low, high] = [Math.min(low, number), Math.max(high, number)];
  return { low, high };
}

function termsOf({ picture, kernel, stride, padding, dilation, row, column }) {
  return kernel.flatMap((weights, i) => weights.map((weight, j) => {
    const [y, x] = [row * stride + i * dilation - padding, column * stride + j * dilation - padding];
    const padded = y < 0 || x < 0 || y >= picture.rows || x >= picture.columns;
    const pixel = pixelAt(picture, y, x);
    return { pixel, weight, padded, product: pixel * weight + 0 }; // + 0 turns -0 into 0
  }));
}

const flipped = (kernel) => kernel.map((row) => [...row].reverse()).reverse();

function resized(kernel, size) {
  const [top, left] = [kernel.length, kernel[0].length].map((old) => Math.floor((old - size) / 2));
  const row = (i) => Array.from({ length: size }, (_, j) => kernel[i + top]?.[j + left] ?? 0);
  return Array.from({ length: size }, (_, i) => row(i));
}

// ---------------------------------------------------------------- numbers in words and signs

const signed = (text) => text.replace("-", "−");
const exactText = (number) => Number(number.toPrecision(4)) === number;
const numberText = (number) => signed(Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(4))));
const bracketed = (text) => (text.startsWith("−") ? `(${text})` : text);

// Weights such as 0.0625 and 0.1111 are written over their common denominator: 1/16, 2/16; 1/9.
function weightTexts(kernel) {
  const weights = kernel.flat();
  const short = weights.every((w) => Math.abs(w * 100 - Math.round(w * 100)) < 1e-9);
  const whole = (n) => weights.every((w) => Math.abs(w * n - Math.round(w * n)) < 1e-9);
  const common = short ? 0 : Array.from({ length: 99 }, (_, k) => k + 2).find(whole);
  return weights.map((w) => (common && w ? signed(`${Math.round(w * common)}/${common}`) : numberText(w)));
}

function readNumber(text) {
  const number = "[+-]?(\\d+\\.?\\d*|\\.\\d+)";
  const match = text.trim().replace("−", "-").replaceAll(",", ".").match(new RegExp(`^(${number})(?:/(${number}))?$`));
  const value = match ? Number(match[1]) / (match[3] === undefined ? 1 : Number(match[3])) : NaN;
  return Number.isFinite(value) ? value + 0 : NaN;
}

function sizeFormula(size, kernel, { stride, padding, dilation }) {
  const span = spanOf(kernel, dilation);
  const result = outputSize(size, kernel, { stride, padding, dilation });
  const note = dilation > 1 ? `, span ${dilation}·(${kernel} − 1) + 1 = ${span}` : "";
  return `⌊(${size} + 2·${padding} − ${span}) / ${stride}⌋ + 1 = ${result}${note}`;
}

function misfit({ picture, kernel, padding, dilation }) {
  for (const [axis, size, length] of [["rows", picture.rows, kernel.length], ["columns", picture.columns, kernel[0].length]]) {
    const [span, room] = [spanOf(length, dilation), size + 2 * padding];
    if (span > room) {
      return `The kernel spans ${span} ${axis}, but the padded image has only ${size} + 2·${padding} = ${room}. ` +
        "Use more padding, a smaller kernel or less dilation.";
    }
  }
  return "";
}

// ---------------------------------------------------------------- colours

const DIVERGING = { // negative blue, positive red; the middle is the colour of the page
  light: [[33, 102, 172], [146, 197, 222], [250, 250, 250], [244, 165, 130], [178, 24, 43]],
  dark: [[132, 200, 250], [46, 108, 158], [34, 39, 46], [164, 76, 56], [255, 160, 132]],
};

function signedColour(number, limit, theme) {
  const place = limit ? (Math.max(-1, Math.min(1, number / limit)) + 1) * 2 : 2;
  const stop = Math.min(3, Math.floor(place));
  const [from, to] = [DIVERGING[theme][stop], DIVERGING[theme][stop + 1]];
  return from.map((part, k) => part + (to[k] - part) * (place - stop));
}

function greyColour(number, high) {
  const part = high ? Math.max(0, Math.min(1, number / high)) : 0;
  return Array(3).fill(18 + part * 234);
}

// How the numbers of a map become colours: grey from 0 to `high`, or red and blue around 0.
function scaleOf({ low, high }, asPicture) {
  if (asPicture) return { high: 255, clipped: low < 0 || high > 255, colour: (number) => greyColour(number, 255) };
  if (low >= 0) return { high, colour: (number) => greyColour(number, high) };
  const limit = Math.max(-low, high);
  return { signed: true, high: limit, colour: (number, theme) => signedColour(number, limit, theme) };
}

const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const inkOn = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#14181d" : "#ffffff");

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

// ---------------------------------------------------------------- state

function makeStore(data) {
  const pictures = Object.fromEntries(Object.entries(data._images).map(([name, packed]) => [name, unpack(packed)]));
  const listeners = new Set();
  let state = { flip: false, painted: null, problem: "", kernels: data._kernels, limits: data._limits };
  const settle = (next) => {
    next.picture = pictures[next.image];
    if (["picture", "kernel", "stride", "padding", "dilation"].some((name) => next[name] !== state[name])) {
      next.output = convolve(next.picture, next.kernel, next);
      next.misfit = misfit(next);
    }
    next.row = Math.max(0, Math.min(next.row, next.output.rows - 1));
    next.column = Math.max(0, Math.min(next.column, next.output.columns - 1));
    next.value = next.misfit ? null : next.output.numbers[next.row * next.output.columns + next.column];
    return next;
  };
  const begin = Object.fromEntries(SETTINGS.map((name) => [name, data[name] ?? 0]));
  state = settle({ ...state, ...begin });
  return {
    names: Object.keys(pictures),
    get: () => state,
    listen: (listener) => listeners.add(listener),
    set(changes) {
      state = settle({ ...state, ...changes });
      listeners.forEach((listener) => listener(state));
    },
  };
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

function connect(store, model) {
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const heard = SETTINGS.filter((name) => name !== "value");
  let sending = 0;
  const send = () => {
    sending = 0;
    const state = store.get();
    SETTINGS.filter((name) => !same(model.get(name), state[name])).forEach((name) => model.set(name, state[name]));
    model.save_changes();
  };
  const receive = () => {
    const news = heard.filter((name) => !same(model.get(name), store.get()[name]));
    if (news.length && !sending) store.set(Object.fromEntries(news.map((name) => [name, model.get(name)])));
  };
  receive();
  heard.forEach((name) => model.on(`change:${name}`, receive));
  store.listen(() => (sending ||= setTimeout(send, 40))); // a hover is many changes: tell the kernel the last one
  send();
}

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

const icon = (path) => {
  const holder = h("span", { class: "icon", "aria-hidden": "true" });
  holder.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16"><path fill="currentColor" d="${path}"/></svg>`;
  return holder;
};
const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
const BACK = "M10.5 3 5 8l5.5 5z";
const NEXT = "M5.5 3 11 8l-5.5 5z";

function chooser(label, options, choose) {
  const select = h("select", { id: label.toLowerCase(), onchange: () => choose(select.value) });
  select.append(...options.map(([value, text]) => h("option", { value }, text)));
  const node = h("div", { class: "field" }, h("label", { for: select.id }, label), select);
  return { node, select };
}

function stepper(label, [low, high], choose) {
  const id = label.toLowerCase().replaceAll(" ", "-");
  const step = (by) => choose(Math.max(low, Math.min(high, Math.round(Number(input.value) || low) + by)));
  const button = (text, by) => h("button", { type: "button", "aria-label": `${label} ${text}`, onclick: () => step(by) });
  const [less, more] = [button("less", -1), button("more", 1)];
  less.append("−");
  more.append("+");
  const input = h("input", { id, type: "number", min: low, max: high, step: 1, onchange: () => step(0) });
  const node = h("div", { class: "field" }, h("label", { for: id }, label), h("div", { class: "stepper" }, less, input, more));
  const draw = (value) => {
    if (input.value !== String(value)) input.value = value;
    [less.disabled, more.disabled] = [value <= low, value >= high];
  };
  return { node, draw };
}

// A picture of numbers: a canvas of one dot a pixel, the numbers themselves where there is room, and marks on top.
function pixelMap(kind, attributes) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const numbers = h("div", { class: "numbers", "aria-hidden": "true" });
  const marks = h("div", { class: "marks", "aria-hidden": "true" });
  const node = h("div", { class: `map ${kind}`, ...attributes }, canvas, numbers, marks);
  const map = { node, marks, rows: 1, columns: 1, cell: 1, seen: "" };
  new ResizeObserver(() => node.classList.toggle("numbered", node.clientWidth / map.columns >= 15)).observe(node);
  map.at = ({ clientX, clientY }) => {
    const box = node.getBoundingClientRect();
    const along = (place, size, count) => Math.max(0, Math.min(count - 1, Math.floor((place / size) * count)));
    return [along(clientY - box.top, box.height, map.rows), along(clientX - box.left, box.width, map.columns)];
  };
  map.place = (mark, top, left, height, width) => {
    const share = (part, whole) => `${(100 * part) / whole}%`;
    const [rows, columns] = [map.rows, map.columns];
    mark.style.cssText = `top:${share(top, rows)};left:${share(left, columns)};height:${share(height, rows)};width:${share(width, columns)}`;
  };
  map.draw = (source, { ring = 0, cell, scale, theme, painted = null }) => {
    [map.rows, map.columns, map.cell] = [source.rows + 2 * ring, source.columns + 2 * ring, cell];
    node.style.cssText = `--rows:${map.rows};--columns:${map.columns};--part:${(map.columns * cell) / LARGEST_MAP}`;
    paintPixels(canvas, source, ring, scale, theme, painted);
    writeNumbers(numbers, source, ring, scale, theme, painted);
    node.classList.toggle("numbered", (node.clientWidth || map.columns * cell) / map.columns >= 15);
  };
  return map;
}

function paintPixels(canvas, source, ring, scale, theme, painted) {
  [canvas.width, canvas.height] = [source.columns + 2 * ring, source.rows + 2 * ring];
  if (!source.rows) return;
  const dots = new ImageData(source.columns, source.rows);
  source.numbers.forEach((number, k) => {
    const shown = painted === null || k <= painted;
    dots.data.set([...scale.colour(number, theme), shown ? 255 : 0], 4 * k);
  });
  canvas.getContext("2d").putImageData(dots, ring, ring);
}

function writeNumbers(holder, source, ring, scale, theme, painted) {
  holder.replaceChildren();
  const [rows, columns] = [source.rows + 2 * ring, source.columns + 2 * ring];
  if (Math.max(rows, columns) > MOST_NUMBERED) return;
  let digits = 2;
  for (let k = 0; k < rows * columns; k++) {
    const [y, x] = [Math.floor(k / columns) - ring, (k % columns) - ring];
    if (y < 0 || x < 0 || y >= source.rows || x >= source.columns) {
      holder.append(h("span", { class: "ring" }, "0"));
      continue;
    }
    const place = y * source.columns + x;
    const text = painted !== null && place > painted ? "" : numberText(source.numbers[place]);
    digits = Math.max(digits, text.length);
    holder.append(h("span", { style: `color:${inkOn(scale.colour(source.numbers[place], theme))}` }, text));
  }
  holder.style.setProperty("--digits", digits);
}

function legend() {
  const [low, bar, high, note] = [h("span"), h("i"), h("span"), h("em")];
  const node = h("div", { class: "legend" }, low, bar, high, note);
  const draw = (scale, theme) => {
    const from = scale.signed ? -scale.high : 0;
    const stops = [0, 0.25, 0.5, 0.75, 1].map((part) => css(scale.colour(from + part * (scale.high - from), theme)));
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    low.textContent = numberText(from);
    high.textContent = numberText(scale.high);
    note.textContent = scale.clipped ? "shown clipped" : scale.signed ? "blue below 0, red above" : "";
  };
  return { node, draw };
}

// ---------------------------------------------------------------- panels

function toolbar(store) {
  const { kernels, limits } = store.get();
  const image = chooser("Image", store.names.map((name) => [name, name]), (name) => store.set({ image: name, row: 0, column: 0 }));
  const named = Object.keys(kernels).map((name) => [name, name.replaceAll("_", " ")]);
  const kernel = chooser("Kernel", [...named, ["", "typed"]], (name) => {
    if (name) store.set({ kernel: store.get().flip ? flipped(kernels[name]) : kernels[name], problem: "" });
  });
  const steppers = ["stride", "padding", "dilation"].map((name) => {
    const label = name[0].toUpperCase() + name.slice(1);
    return [name, stepper(label, limits[name], (value) => store.set({ [name]: value }))];
  });
  const node = h("div", { class: "bar" }, image.node, kernel.node, ...steppers.map(([, { node: field }]) => field));
  const draw = (state) => {
    const now = JSON.stringify(state.flip ? flipped(state.kernel) : state.kernel);
    image.select.value = state.image;
    kernel.select.value = Object.keys(kernels).find((name) => JSON.stringify(kernels[name]) === now) ?? "";
    steppers.forEach(([name, { draw: show }]) => show(state[name]));
  };
  return { node, draw };
}

// Both maps share one scale, so that a stride of 2 is seen to halve the output; a tiny output is drawn larger.
function cellSizes({ picture, padding, output }) {
  const side = Math.max(picture.rows, picture.columns) + 2 * padding;
  const input = Math.min(LARGEST_CELL, LARGEST_MAP / side);
  const longest = Math.max(output.rows, output.columns, 1);
  return [input, Math.min(Math.max(input, Math.min(LARGEST_CELL, 110 / longest)), LARGEST_MAP / longest)];
}

function inputPanel(store) {
  const map = pixelMap("input", { role: "img" });
  const [size, colours] = [h("small"), legend()];
  const frame = h("div", { class: "window" });
  map.marks.append(frame);
  const point = (event) => {
    const { kernel, stride, dilation, output, misfit: wrong } = store.get();
    if (wrong) return;
    const [y, x] = map.at(event);
    const nearest = (place, length, most) =>
      Math.max(0, Math.min(most - 1, Math.round((place - (spanOf(length, dilation) - 1) / 2) / stride)));
    moveTo(store, nearest(y, kernel.length, output.rows), nearest(x, kernel[0].length, output.columns));
  };
  map.node.addEventListener("pointermove", point);
  map.node.addEventListener("pointerdown", point);
  const node = h("div", { class: "panel" }, h("h4", {}, "Input ", size), map.node, colours.node);
  let seen = [];
  const draw = (state, theme) => {
    const { picture, padding, stride, dilation, kernel, row, column } = state;
    const [cell] = cellSizes(state);
    const scale = scaleOf(picture, picture.photograph);
    if (fresh(seen, (seen = [picture, padding, theme]))) {
      map.draw(picture, { ring: padding, cell, scale, theme });
      colours.draw(scale, theme);
      size.textContent = `${picture.rows} × ${picture.columns}` + (padding ? `, ${padding} of padding` : "");
    }
    const spans = [kernel.length, kernel[0].length].map((length) => spanOf(length, dilation));
    frame.hidden = Boolean(state.misfit);
    map.place(frame, row * stride, column * stride, ...spans);
    drawTaps(frame, kernel, dilation, spans);
    map.node.setAttribute("aria-label", `Input, ${picture.rows} by ${picture.columns}, ${padding} of padding around it`);
  };
  return { node, draw, frame };
}

// The pixels that meet a weight: all of the window, or with dilation one in so many.
function drawTaps(frame, kernel, dilation, [height, width]) {
  const shape = [kernel.length, kernel[0].length, dilation].join();
  if (frame.dataset.shape === shape) return;
  frame.dataset.shape = shape;
  frame.classList.toggle("dilated", dilation > 1);
  frame.replaceChildren(...kernel.flatMap((weights, i) => weights.map((_, j) => h("i", {
    style: `top:${(100 * i * dilation) / height}%;left:${(100 * j * dilation) / width}%;` +
      `height:${100 / height}%;width:${100 / width}%`,
  }))));
}

const fresh = (before, now) => before.length !== now.length || now.some((item, k) => item !== before[k]);

function moveTo(store, row, column) {
  const state = store.get();
  if (row !== state.row || column !== state.column || state.painted !== null) store.set({ row, column, painted: null });
}

function kernelPanel(store) {
  const grid = h("div", { class: "weights", role: "group", "aria-label": "Kernel weights" });
  const size = stepper("Kernel size", store.get().limits.size, (n) => store.set({ kernel: resized(store.get().kernel, n), problem: "" }));
  const note = h("p", { class: "note", id: "flip-note" });
  const turn = h("button", { type: "button", class: "turn", "aria-describedby": "flip-note", onclick: () => {
    const { kernel, flip } = store.get();
    store.set({ kernel: flipped(kernel), flip: !flip, problem: "" });
  } }, "Flip kernel");
  const node = h("div", { class: "panel middle" }, h("h4", {}, "Kernel ", h("small", {}, "type in it")), grid, size.node, turn, note);
  const draw = (state, theme) => {
    const { kernel, flip } = state;
    const shape = `${kernel.length} × ${kernel[0].length}`;
    if (grid.dataset.shape !== shape) {
      grid.dataset.shape = shape;
      grid.style.cssText = `--rows:${kernel.length};--columns:${kernel[0].length}`;
      grid.replaceChildren(...kernel.flatMap((weights, i) => weights.map((_, j) => weightCell(store, i, j))));
    }
    fillWeights([...grid.children], kernel, theme, store);
    size.draw(Math.max(kernel.length, kernel[0].length));
    turn.setAttribute("aria-pressed", String(flip));
    const symmetric = JSON.stringify(kernel) === JSON.stringify(flipped(kernel));
    note.textContent = symmetric ? "Turned by 180° it is the same kernel."
      : flip ? "Turned by 180°: the convolution of mathematics." : "As written: cross-correlation.";
  };
  return { node, draw, grid };
}

function fillWeights(cells, kernel, theme, store) {
  const [texts, weights] = [weightTexts(kernel), kernel.flat()];
  const most = Math.max(...weights.map(Math.abs));
  const focused = cells[0].getRootNode().activeElement;
  cells.forEach((cell, k) => {
    const colour = signedColour(0.8 * weights[k], most, theme);
    cell.style.cssText = `background:${css(colour)};color:${inkOn(colour)};--digits:${Math.max(2, ...texts.map((t) => t.length))}`;
    if (!store.get().problem) cell.removeAttribute("aria-invalid");
    if (cell !== focused && !cell.hasAttribute("aria-invalid")) cell.value = texts[k];
  });
}

function weightCell(store, i, j) {
  const restore = () => {
    cell.removeAttribute("aria-invalid");
    cell.value = weightTexts(store.get().kernel)[i * store.get().kernel[0].length + j];
  };
  const read = () => {
    const weight = readNumber(cell.value);
    if (Number.isNaN(weight)) {
      cell.setAttribute("aria-invalid", "true");
      const old = numberText(store.get().kernel[i][j]);
      const typed = cell.value.trim() ? `holds “${cell.value}”, which is no number` : "is empty";
      return store.set({ problem: `Row ${i}, column ${j} of the kernel ${typed}; ${old} still counts. Type a number such as 2, −1, 0.5 or 1/9.` });
    }
    cell.removeAttribute("aria-invalid");
    store.set({ kernel: store.get().kernel.map((row, y) => row.map((old, x) => (y === i && x === j ? weight : old))), problem: "" });
  };
  const cell = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": `Weight in row ${i}, column ${j}`,
    oninput: read,
    onfocus: () => cell.select(),
    onblur: () => { if (!cell.hasAttribute("aria-invalid")) restore(); },
    onkeydown: ({ key }) => {
      const cells = [...cell.parentElement.children];
      const columns = store.get().kernel[0].length;
      const by = { ArrowUp: -columns, ArrowDown: columns, Enter: 1 }[key];
      if (by) cells[(cells.indexOf(cell) + by + cells.length) % cells.length].focus();
      if (key === "Escape") { restore(); store.set({ problem: "" }); cell.select(); }
    },
  });
  return cell;
}

function outputPanel(store) {
  const map = pixelMap("output", { tabindex: 0, role: "application", "aria-roledescription": "output map", "aria-describedby": "keys" });
  const cursor = h("div", { class: "cursor" });
  map.marks.append(cursor);
  const [size, colours, player, formula] = [h("small"), legend(), playButtons(store), h("p", { class: "formula" })];
  const point = (event) => { if (!store.get().misfit) moveTo(store, ...map.at(event)); };
  map.node.addEventListener("pointermove", point);
  map.node.addEventListener("pointerdown", point);
  map.node.addEventListener("keydown", (event) => steer(event, store, player));
  const keys = h("p", { class: "note", id: "keys" }, "Point at a pixel, or use the arrow keys; the space bar plays.");
  const node = h("div", { class: "panel" }, h("h4", {}, "Output ", size), map.node, colours.node, player.node, keys);
  let seen = [];
  const draw = (state, theme) => {
    const { output, picture, kernel, row, column, painted } = state;
    const scale = scaleOf(output, picture.photograph && Math.abs(kernel.flat().reduce((sum, w) => sum + w, 0) - 1) < 1e-9);
    map.node.hidden = colours.node.hidden = cursor.hidden = Boolean(state.misfit);
    if (fresh(seen, (seen = [output, painted, theme])) && !state.misfit) {
      map.draw(output, { cell: cellSizes(state)[1], scale, theme, painted });
      colours.draw(scale, theme);
    }
    size.textContent = state.misfit ? "none" : `${output.rows} × ${output.columns}`;
    map.place(cursor, row, column, 1, 1);
    map.node.setAttribute("aria-label", `Output, ${output.rows} by ${output.columns}, at row ${row}, column ${column}`);
    player.draw(state);
    const lines = [[picture.rows, kernel.length], [picture.columns, kernel[0].length]].map(([n, k]) => sizeFormula(n, k, state));
    formula.textContent = lines[0] === lines[1] ? lines[0] : `rows ${lines[0]}; columns ${lines[1]}`;
  };
  return { node, draw, cursor, formula };
}

function steer(event, store, player) {
  const { row, column, output } = store.get();
  const [bottom, right] = [output.rows - 1, output.columns - 1];
  const target = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? bottom : row, right],
    PageUp: [row - 10, column], PageDown: [row + 10, column],
  }[event.key];
  if (!target && event.key !== " ") return;
  event.preventDefault();
  if (target) moveTo(store, Math.max(0, Math.min(bottom, target[0])), Math.max(0, Math.min(right, target[1])));
  else player.toggle();
}

// Play paints the output pixel by pixel, in some twelve seconds when it is large.
function playButtons(store) {
  let timer = 0;
  const go = (by, painting) => {
    const { row, column, output } = store.get();
    const [count, place] = [output.rows * output.columns, row * output.columns + column + by];
    const next = painting ? Math.min(place, count - 1) : (place + count) % count;
    store.set({ row: Math.floor(next / output.columns), column: next % output.columns, painted: painting ? next : null });
  };
  const stop = () => { clearInterval(timer); timer = 0; };
  const tick = () => {
    const { row, column, output, painted } = store.get();
    const count = output.rows * output.columns;
    const ended = row * output.columns + column >= count - 1;
    if (painted === null || ended || !node.isConnected) { stop(); store.set({ painted: null }); }
    else go(count <= 81 ? 1 : Math.ceil(count / 300), true);
  };
  const toggle = () => {
    if (timer) { stop(); return store.set({ painted: null }); }
    const { row, column, output } = store.get();
    const start = row === output.rows - 1 && column === output.columns - 1 ? { row: 0, column: 0 } : { row, column };
    timer = setInterval(tick, output.rows * output.columns <= 81 ? 600 : 40);
    store.set({ ...start, painted: start.row * output.columns + start.column });
  };
  const back = h("button", { type: "button", "aria-label": "One pixel back", onclick: () => go(-1) }, icon(BACK));
  const next = h("button", { type: "button", "aria-label": "One pixel on", onclick: () => go(1) }, icon(NEXT));
  const play = h("button", { type: "button", class: "play", onclick: toggle });
  const node = h("div", { class: "player" }, back, play, next);
  const draw = ({ painted, misfit: wrong }) => {
    if (painted === null && timer) stop();
    play.replaceChildren(icon(timer ? PAUSE : PLAY), timer ? "Pause" : "Play");
    [back, play, next].forEach((button) => { button.disabled = Boolean(wrong); });
  };
  return { node, draw, toggle };
}

function workPanel() {
  const grids = ["patch", "weights", "products"].map((kind) => h("div", { class: `little ${kind}` }));
  const [where, result] = [h("code"), h("output", { class: "result" })];
  const part = (title, grid) => h("div", { class: "factor" }, h("h5", {}, title), grid);
  const sign = (text) => h("span", { class: "sign", "aria-hidden": "true" }, text);
  const [patch, weights, products] = [part("Patch", grids[0]), part("Kernel", grids[1]), part("Products", grids[2])];
  const total = h("div", { class: "factor total" }, h("h5", {}, "Their sum"), result, where);
  const equation = h("div", { class: "equation" }, patch, sign("×"), weights, sign("="), products, sign("Σ"), total);
  const sum = h("p", { class: "sum" });
  const node = h("div", { class: "work" }, equation, sum);
  const draw = (state, theme) => {
    node.hidden = Boolean(state.misfit);
    if (state.misfit) return;
    const [terms, texts] = [termsOf(state), weightTexts(state.kernel)];
    const most = Math.max(...terms.map(({ product }) => Math.abs(product)), 0);
    const largest = Math.max(...state.kernel.flat().map(Math.abs));
    const pixels = scaleOf(state.picture, state.picture.photograph);
    fillGrid(grids[0], state.kernel[0].length, terms.map(({ pixel, padded }) => [numberText(pixel), padded ? null : pixels.colour(pixel, theme)]));
    fillGrid(grids[1], state.kernel[0].length, terms.map(({ weight }, k) => [texts[k], signedColour(0.8 * weight, largest, theme)]));
    fillGrid(grids[2], state.kernel[0].length, terms.map(({ product }) => [numberText(product), signedColour(0.8 * product, most, theme)]));
    result.textContent = numberText(state.value);
    where.textContent = `output[${state.row}, ${state.column}]`;
    const written = terms.map(({ pixel }, k) => `<b>${numberText(pixel)}</b>·<i>${bracketed(texts[k])}</i>`).join(" + ");
    sum.innerHTML = `${written} ${exactText(state.value) ? "=" : "≈"} <strong>${numberText(state.value)}</strong>`;
  };
  return { node, draw };
}

function fillGrid(grid, columns, cells) {
  const digits = Math.max(2, ...cells.map(([text]) => text.length));
  grid.style.cssText = `--columns:${columns};--digits:${digits}`;
  grid.replaceChildren(...cells.map(([text, colour]) =>
    h("span", colour ? { style: `background:${css(colour)};color:${inkOn(colour)}` } : { class: "ring" }, text)));
}

function spokenSum(state) {
  if (state.misfit) return "";
  const terms = termsOf(state);
  const texts = weightTexts(state.kernel);
  const parts = terms.map(({ pixel }, k) => `${numberText(pixel)} times ${texts[k]}`);
  const sum = parts.length > 9 ? `the sum of ${parts.length} products` : parts.join(" plus ");
  return `Output row ${state.row}, column ${state.column}: ${sum} is ${numberText(state.value)}.`;
}

// ---------------------------------------------------------------- the whole

// Two beams tie the patch to the kernel and the kernel to the output pixel.
function drawBeams(beams, stage, frame, grid, cursor) {
  const origin = stage.getBoundingClientRect();
  const [patch, weights, pixel] = [frame, grid, cursor].map((node) => node.getBoundingClientRect());
  const points = (from, to) => [[from.right, from.top], [to.left, to.top], [to.left, to.bottom], [from.right, from.bottom]]
    .map(([x, y]) => `${x - origin.left},${y - origin.top}`).join(" ");
  const inOrder = patch.right <= weights.left && weights.right <= pixel.left;
  beams.toggleAttribute("hidden", !inOrder || !pixel.width);
  beams.children[0].setAttribute("points", points(patch, weights));
  beams.children[1].setAttribute("points", points(weights, pixel));
}

function start(host, data, model = null) {
  const store = makeStore(data);
  const root = host.attachShadow({ mode: "open" });
  const [bar, input, kernel, output, work] = [toolbar(store), inputPanel(store), kernelPanel(store), outputPanel(store), workPanel()];
  const beams = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  beams.setAttribute("class", "beams");
  beams.setAttribute("aria-hidden", "true");
  beams.innerHTML = '<polygon class="from-patch"/><polygon class="to-output"/>';
  const stage = h("div", { class: "stage" }, input.node, kernel.node, output.node, beams);
  const [problem, spoken] = [h("p", { class: "problem", role: "alert" }), h("p", { class: "spoken", "aria-live": "polite" })];
  const size = h("p", { class: "size" }, h("span", {}, "Output size: ⌊(size + 2·padding − span) / stride⌋ + 1"), output.formula);
  const body = h("div", { class: "body" }, bar.node, problem, stage, work.node, size, spoken);
  const page = h("section", { class: "explorer", "aria-label": "Convolution explorer" }, body);
  root.append(Object.assign(h("style"), { textContent: data._style }), page);
  let speech = 0;
  const draw = (state) => {
    const theme = (page.dataset.theme = themeOf(host));
    [bar, input, kernel, output, work].forEach((panel) => panel.draw(state, theme));
    const words = state.problem || state.misfit;
    if (problem.textContent !== words) problem.textContent = words;
    host.dataset.value = state.value ?? "";
    drawBeams(beams, stage, input.frame, kernel.grid, output.cursor);
    clearTimeout(speech);
    if (state.painted === null) speech = setTimeout(() => { spoken.textContent = spokenSum(state); }, 300);
  };
  const redraw = () => draw(store.get());
  redraw();
  store.listen(draw);
  const stopWatching = watch(stage, redraw);
  host.explorer = { get: store.get, set: store.set };
  page.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook's own shortcuts stay out
  if (model) connect(store, model);
  else if (host.dataset.explorer) whenLive(host.dataset.explorer, (live) => connect(store, live));
  return stopWatching;
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

function mount(key, data) {
  const hosts = document.querySelectorAll(`[data-explorer="${key}"]`);
  [...hosts].filter((host) => !host.shadowRoot).forEach((host) => start(host, data));
}

function render({ model, el }) {
  const host = h("div", { class: "convolution-explorer", "data-lm-suppress-shortcuts": "true" });
  el.append(host);
  const names = [...SETTINGS, "_images", "_kernels", "_limits", "_style"];
  return start(host, Object.fromEntries(names.map((name) => [name, model.get(name)])), model);
}

export default { initialize, render, mount };
