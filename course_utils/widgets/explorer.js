// The convolution explorer: point at an output pixel and see the patch, the kernel, the products and their sum.
//
// `exhibit.js`, `explorer_numbers.js` and `explorer_tour.js` go before this file: the pieces of the page and its link to
// the notebook; the arithmetic, the words and the colours of numbers, and the state; the questions of the tour.

const LARGEST_MAP = 400; // CSS pixels
const LARGEST_CELL = 74;
const MOST_NUMBERED = 14; // pixels along a side up to which the numbers are written into the cells

// ---------------------------------------------------------------- pieces of the page

const icon = (path) => {
  const holder = h("span", { class: "icon", "aria-hidden": "true" });
  holder.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16"><path fill="currentColor" d="${path}"/></svg>`;
  return holder;
};
const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
const BACK = "M10.5 3 5 8l5.5 5z";
const NEXT = "M5.5 3 11 8l-5.5 5z";

// A picture of numbers: a canvas of one dot a pixel, the numbers themselves where there is room, and marks on top.
function pixelMap(kind, attributes) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const numbers = h("div", { class: "numbers", "aria-hidden": "true" });
  const marks = h("div", { class: "marks", "aria-hidden": "true" });
  const node = h("div", { class: `map ${kind}`, ...attributes }, canvas, numbers, marks);
  const map = { node, marks, rows: 1, columns: 1 };
  new ResizeObserver(() => node.classList.toggle("numbered", node.clientWidth / map.columns >= 15)).observe(node);
  map.at = ({ clientX, clientY }) => {
    const box = node.getBoundingClientRect();
    const along = (place, size, count) => Math.max(0, Math.min(count - 1, Math.floor((place / size) * count)));
    return [along(clientY - box.top, box.height, map.rows), along(clientX - box.left, box.width, map.columns)];
  };
  map.place = (mark, top, left, height, width) => {
    const down = (count) => `${(100 * count) / map.rows}%`;
    const across = (count) => `${(100 * count) / map.columns}%`;
    mark.style.cssText = `top:${down(top)};left:${across(left)};height:${down(height)};width:${across(width)}`;
  };
  map.draw = (source, { ring = 0, cell, scale, theme, painted = null }) => {
    [map.rows, map.columns] = [source.rows + 2 * ring, source.columns + 2 * ring];
    const part = (map.columns * cell) / LARGEST_MAP;
    node.style.cssText = `--rows:${map.rows};--columns:${map.columns};--part:${part}`;
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
    note.textContent = scale.clipped ? "shown clipped" : scale.signed ? "blue < 0 < red" : "";
  };
  return { node, draw };
}

// ---------------------------------------------------------------- panels

function toolbar(store) {
  const { kernels, limits } = store.get();
  const pictures = store.names.map((name) => [name, name]);
  const image = chooser("Image", pictures, (name) => store.set({ image: name, row: 0, column: 0 }));
  const named = Object.keys(kernels).map((name) => [name, name.replaceAll("_", " ")]);
  const kernel = chooser("Kernel", [...named, ["", "typed"]], (name) => {
    if (name) store.set({ kernel: store.get().flip ? flipped(kernels[name]) : kernels[name], problem: "" });
  });
  kernel.select.lastChild.disabled = true; // says that the weights were typed, and cannot be chosen
  const steppers = ["stride", "padding", "dilation"].filter((name) => name in limits).map((name) => {
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
  return [input, Math.min(Math.max(input, Math.min(LARGEST_CELL, 140 / longest)), LARGEST_MAP / longest)];
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
    const label = `Input, ${picture.rows} by ${picture.columns}, ${padding} of padding around it`;
    map.node.setAttribute("aria-label", label);
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
    "data-k": i * weights.length + j,
  }))));
}

const fresh = (before, now) => before.length !== now.length || now.some((item, k) => item !== before[k]);

function moveTo(store, row, column) {
  const state = store.get();
  if (row !== state.row || column !== state.column || state.painted !== null) store.set({ row, column, painted: null });
}

function kernelPanel(store, player) {
  const grid = h("div", { class: "weights", role: "group", "aria-label": "Kernel weights" });
  const use = (kernel, flip) => store.set({ kernel, flip, problem: "" });
  const size = stepper("Kernel size", store.get().limits.size, (n) =>
    use(resized(store.get().kernel, n), store.get().flip));
  const note = h("p", { class: "note", id: "flip-note" });
  const turnOver = () => use(flipped(store.get().kernel), !store.get().flip);
  const turn = h("button", { type: "button", class: "turn", "aria-describedby": note.id, onclick: turnOver }, "Flip kernel");
  const title = h("h4", {}, "Kernel ", h("small", {}, "type in it"));
  const node = h("div", { class: "panel middle" }, title, grid, size.node, turn, note, player.node);
  const draw = (state, theme) => {
    const { kernel, flip } = state;
    const shape = `${kernel.length} × ${kernel[0].length}`;
    if (grid.dataset.shape !== shape) {
      grid.dataset.shape = shape;
      grid.style.cssText = `--rows:${kernel.length};--columns:${kernel[0].length}`;
      grid.replaceChildren(...kernel.flatMap((weights, i) => weights.map((_, j) => weightCell(store, i, j))));
      [...grid.children].forEach((cell, k) => { cell.dataset.k = k; });
    }
    fillWeights([...grid.children], kernel, theme, store);
    size.draw(Math.max(kernel.length, kernel[0].length));
    player.draw(state);
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
  const digits = Math.max(2, ...texts.map((text) => text.length));
  cells.forEach((cell, k) => {
    const colour = signedColour(0.8 * weights[k], most, theme);
    cell.style.cssText = `background:${css(colour)};color:${inkOn(colour)};--digits:${digits}`;
    if (!store.get().problem) cell.removeAttribute("aria-invalid");
    if (cell !== focused && !cell.hasAttribute("aria-invalid")) cell.value = texts[k];
  });
}

function weightCell(store, i, j) {
  const restore = () => {
    cell.removeAttribute("aria-invalid");
    cell.value = weightTexts(store.get().kernel)[i * store.get().kernel[0].length + j];
  };
  const refuse = () => {
    cell.setAttribute("aria-invalid", "true");
    const typed = cell.value.trim() ? `holds “${cell.value}”, which is no number` : "is empty";
    const old = numberText(store.get().kernel[i][j]);
    store.set({
      problem: `Row ${i}, column ${j} of the kernel ${typed}; ${old} still counts. Type a number such as 2, −1, 0.5 or 1/9.`,
    });
  };
  const read = () => {
    const weight = readNumber(cell.value);
    if (Number.isNaN(weight)) return refuse();
    cell.removeAttribute("aria-invalid");
    const kernel = store.get().kernel.map((row) => [...row]);
    kernel[i][j] = weight;
    store.set({ kernel, problem: "" });
  };
  const cell = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
    "aria-label": `Weight in row ${i}, column ${j}`,
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

function outputPanel(store, player) {
  const map = pixelMap("output", {
    tabindex: 0, role: "application", "aria-roledescription": "output map", "aria-describedby": "keys",
  });
  const cursor = h("div", { class: "cursor" });
  map.marks.append(cursor);
  const [size, formula] = [h("small"), h("p", { class: "formula" })];
  const colours = legend();
  const point = (event) => { if (!store.get().misfit) moveTo(store, ...map.at(event)); };
  map.node.addEventListener("pointermove", point);
  map.node.addEventListener("pointerdown", point);
  map.node.addEventListener("keydown", (event) => steer(event, store, player));
  const keys = h("p", { class: "note", id: "keys" }, "Point at a pixel, or use the arrow keys.");
  const node = h("div", { class: "panel" }, h("h4", {}, "Output ", size), map.node, colours.node, keys);
  let seen = [];
  const draw = (state, theme) => {
    const { output, picture, kernel, row, column, painted } = state;
    const total = kernel.flat().reduce((sum, weight) => sum + weight, 0);
    const keepsBrightness = picture.photograph && Math.abs(total - 1) < 1e-9; // the output is a photograph again
    const scale = scaleOf(output, keepsBrightness);
    map.node.hidden = colours.node.hidden = cursor.hidden = Boolean(state.misfit);
    if (fresh(seen, (seen = [output, painted, theme])) && !state.misfit) {
      map.draw(output, { cell: cellSizes(state)[1], scale, theme, painted });
      colours.draw(scale, theme);
    }
    size.textContent = state.misfit ? "none" : `${output.rows} × ${output.columns}`;
    map.place(cursor, row, column, 1, 1);
    map.node.setAttribute("aria-label", `Output, ${output.rows} by ${output.columns}, at row ${row}, column ${column}`);
    const lines = [[picture.rows, kernel.length], [picture.columns, kernel[0].length]]
      .map(([length, weights]) => sizeFormula(length, weights, state));
    formula.textContent = lines[0] === lines[1] ? lines[0] : `rows ${lines[0]}; columns ${lines[1]}`;
  };
  return { node, draw, cursor, formula };
}

function steer(event, store, player) {
  const { row, column, output } = store.get();
  const [bottom, right] = [output.rows - 1, output.columns - 1];
  const target = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
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
  const sign = (text) => h("span", { class: "sign", "aria-hidden": "true" }, text);
  const part = (before, title, ...parts) =>
    h("div", { class: "part" }, sign(before), h("div", { class: "factor" }, h("h5", {}, title), ...parts));
  const equation = h("div", { class: "equation" }, part("", "Patch", grids[0]), part("×", "Kernel", grids[1]),
    part("=", "Products", grids[2]), part("Σ", "Their sum", result, where));
  const sum = h("p", { class: "sum" });
  const node = h("div", { class: "work" }, equation, sum);
  const draw = (state, theme) => {
    node.hidden = Boolean(state.misfit);
    if (state.misfit) return;
    const [terms, texts] = [termsOf(state), weightTexts(state.kernel)];
    const most = Math.max(...terms.map(({ product }) => Math.abs(product)), 0);
    const largest = Math.max(...state.kernel.flat().map(Math.abs));
    const pixels = scaleOf(state.picture, state.picture.photograph);
    const soft = (number, limit) => signedColour(0.8 * number, limit, theme);
    const grey = ({ pixel, padded }) => (padded ? null : pixels.colour(pixel, theme));
    const cells = [
      terms.map((term) => [numberText(term.pixel), grey(term)]),
      terms.map(({ weight }, k) => [texts[k], soft(weight, largest)]),
      terms.map(({ product }) => [numberText(product), soft(product, most)]),
    ];
    grids.forEach((grid, k) => fillGrid(grid, state.kernel[0].length, cells[k]));
    result.textContent = numberText(state.value);
    where.textContent = `output[${state.row}, ${state.column}]`;
    const written = terms.map(({ pixel }, k) =>
      `<span data-k="${k}"><b>${numberText(pixel)}</b>·<i>${bracketed(texts[k])}</i></span>`).join(" + ");
    sum.innerHTML = `${written} ${exactText(state.value) ? "=" : "≈"} <strong>${numberText(state.value)}</strong>`;
  };
  return { node, draw };
}

function fillGrid(grid, columns, cells) {
  const digits = Math.max(2, ...cells.map(([text]) => text.length));
  grid.style.cssText = `--columns:${columns};--digits:${digits}`;
  grid.replaceChildren(...cells.map(([text, colour], k) => {
    const look = colour ? { style: `background:${css(colour)};color:${inkOn(colour)}` } : { class: "ring" };
    return h("span", { ...look, "data-k": k }, text);
  }));
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

// Two beams tie the patch to the kernel and the kernel to the output pixel: light behind the maps, thin lines before.
function beam(place) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  node.setAttribute("class", `beams ${place}`);
  node.setAttribute("aria-hidden", "true");
  node.innerHTML = '<polygon class="from-patch"/><polygon class="to-output"/>';
  return node;
}

function drawBeams(beams, stage, frame, grid, cursor) {
  const origin = stage.getBoundingClientRect();
  const [patch, weights, pixel] = [frame, grid, cursor].map((node) => node.getBoundingClientRect());
  const point = (x, y) => `${x - origin.left},${y - origin.top}`;
  const points = (from, to) => [
    point(from.right, from.top), point(to.left, to.top), point(to.left, to.bottom), point(from.right, from.bottom),
  ].join(" ");
  const inOrder = patch.right <= weights.left && weights.right <= pixel.left;
  for (const beam of beams) {
    beam.toggleAttribute("hidden", !inOrder || !pixel.width);
    beam.children[0].setAttribute("points", points(patch, weights));
    beam.children[1].setAttribute("points", points(weights, pixel));
  }
}

function start(host, data, model = null) {
  const store = makeStore(data);
  const root = host.attachShadow({ mode: "open" });
  const player = playButtons(store);
  const tour = tourPanel(store);
  const [bar, input, kernel] = [toolbar(store), inputPanel(store), kernelPanel(store, player)];
  const [output, work] = [outputPanel(store, player), workPanel()];
  const beams = ["behind", "before"].map(beam);
  const stage = h("div", { class: "stage" }, beams[0], input.node, kernel.node, output.node, beams[1]);
  const problem = h("p", { class: "problem", role: "alert" });
  const spoken = h("p", { class: "spoken", "aria-live": "polite" });
  const taken = "dilation" in store.get().limits ? "span" : "kernel";
  const general = h("span", {}, `Output size: ⌊(size + 2·padding − ${taken}) / stride⌋ + 1`);
  const size = h("div", { class: "size" }, general, output.formula);
  const body = h("div", { class: "body" }, bar.node, tour.node, problem, stage, work.node, size, spoken);
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
  page.addEventListener("pointerover", ({ target }) => light(page, target.closest("[data-k]")?.dataset.k));
  page.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook's own shortcuts stay out
  if (model) connect(store, model);
  else if (host.dataset.explorer) whenLive(host.dataset.explorer, (live) => connect(store, live));
  return stopWatching;
}

// A pixel, its weight, their product and its place in the sum light up together.
function light(page, k) {
  page.querySelectorAll("[data-k]").forEach((node) => node.classList.toggle("lit", node.dataset.k === k));
}

export default { initialize, render, mount };
