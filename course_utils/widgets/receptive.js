// The receptive field: stack kernels, strides, dilations and pools, and see which pixels one output value looks at.
//
// `exhibit.js`, `receptive_numbers.js` and `receptive_section.js` go before this file: the pieces of the page and its
// link to the notebook; the arithmetic and the state; the section through the stack.

// ---------------------------------------------------------------- the stack

function toolbar(store, data) {
  const stack = chooser("Stack", [...Object.keys(data._stacks).map((name) => [name, name]), ["", "own"]], (name) => {
    if (name) centred(store, { layers: data._stacks[name] });
  });
  stack.select.lastChild.disabled = true; // says that the stack was changed, and cannot be chosen
  const names = [["same", "same: zeros around"], ["valid", "valid: none"]];
  const padding = chooser("Padding", names, (name) => centred(store, { padding: name }));
  const size = stepper("Input size", data._limits.size, (value) => centred(store, { size: value }));
  const channels = stepper("Channels", data._limits.channels, (value) => store.set({ channels: value }));
  size.node.hidden = Boolean(data._picture);
  const node = h("div", { class: "bar" }, stack.node, padding.node, size.node, channels.node);
  const draw = (state) => {
    const now = JSON.stringify(state.layers);
    const same = Object.keys(data._stacks).find((name) => JSON.stringify(data._stacks[name]) === now);
    stack.select.value = same ?? "";
    padding.select.value = state.padding;
    size.draw(state.size);
    channels.draw(state.channels);
  };
  return { node, draw };
}

// After a change of the stack the middle output value is the chosen one again.
function centred(store, changes) {
  const middle = middleOf(trace({ ...store.get(), ...changes }));
  store.set({ ...changes, row: middle, column: middle });
}

function layerTable(store, limits) {
  const body = h("tbody");
  const titles = ["", "Layer", "Window", "Stride", "Dilation", "Output", "Sees", "Total stride", "Weights", ""];
  const head = h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title))));
  const add = (text, layer) => h("button", { type: "button", onclick: () => {
    centred(store, { layers: [...store.get().layers, layer] });
  } }, text);
  const adders = [
    add("Add convolution", { kind: "convolution", kernel: 3, stride: 1, dilation: 1 }),
    add("Add pooling", { kind: "pooling", kernel: 2, stride: 2, dilation: 1 }),
  ];
  const facts = ["sees [pixels]", "total stride", "output", "weights"].map((name) => [h("dt", {}, name), h("dd")]);
  const answer = h("dl", { class: "answer" }, ...facts.map((pair) => h("div", {}, ...pair)));
  const total = h("p", { class: "total" });
  const scroll = h("div", { class: "scroll" }, h("table", {}, head, body));
  const node = h("div", { class: "layers" }, scroll, h("div", { class: "adders" }, ...adders), answer, total);
  let rows = [];
  const draw = (state) => {
    if (rows.length !== state.layers.length) {
      rows = state.layers.map((_, k) => layerRow(store, limits, k));
      body.replaceChildren(...rows.map((row) => row.node));
    }
    rows.forEach((row) => row.draw(state));
    adders.forEach((button) => { button.disabled = state.layers.length >= limits.layers[1]; });
    const { field, stride, size } = state.steps[state.steps.length - 1];
    const weights = state.steps.reduce((sum, step) => sum + step.weights, 0);
    const texts = [`${field} × ${field}`, String(stride), `${size} × ${size}`, thousands(weights)];
    facts.forEach(([, place], k) => { place.textContent = texts[k]; });
    answer.hidden = total.hidden = Boolean(state.misfit);
    total.textContent = `${thousands(weights / state.channels ** 2)}·C² weights: C = ${state.channels} channels ` +
      "in and out of each layer, biases not counted.";
  };
  return { node, draw };
}

function layerRow(store, limits, k) {
  const change = (changes) => centred(store, {
    layers: store.get().layers.map((layer, at) => (at === k ? { ...layer, ...changes } : layer)),
  });
  const kind = h("select", { "aria-label": `Kind of layer ${k + 1}`, onchange: () => {
    change(kind.value === "pooling" ? { kind: kind.value, kernel: 2, stride: 2, dilation: 1 } : { kind: kind.value, stride: 1 });
  } }, h("option", { value: "convolution" }, "conv"), h("option", { value: "pooling" }, "pool"));
  const numbers = ["kernel", "stride", "dilation"].map((name) => {
    const [low, high] = limits[name];
    const word = name === "kernel" ? "Window" : name[0].toUpperCase() + name.slice(1);
    const input = h("input", { type: "number", min: low, max: high, step: 1, "aria-label": `${word} of layer ${k + 1}`,
      oninput: () => {
        const value = Number(input.value);
        if (Number.isInteger(value) && value >= low && value <= high) change({ [name]: value });
      },
      onblur: () => { input.value = store.get().layers[k]?.[name] ?? input.value; } });
    return [name, input];
  });
  const remove = h("button", { type: "button", class: "remove", "aria-label": `Remove layer ${k + 1}`, onclick: () => {
    centred(store, { layers: store.get().layers.filter((_, at) => at !== k) });
  } }, "×");
  const results = ["size", "field", "stride", "weights"].map((name) => [name, h("td")]);
  const node = h("tr", {}, h("th", { scope: "row" }, String(k + 1)), h("td", {}, kind),
    ...numbers.map(([, input]) => h("td", {}, input)), ...results.map(([, cell]) => cell), h("td", {}, remove));
  const draw = ({ layers, steps }) => {
    const [layer, step] = [layers[k], steps[k + 1]];
    kind.value = layer.kind;
    const focused = node.getRootNode().activeElement;
    for (const [name, input] of numbers) {
      if (input !== focused || Number(input.value) !== layer[name]) input.value = layer[name];
      input.disabled = name === "dilation" && layer.kind === "pooling";
    }
    for (const [name, cell] of results) {
      const side = name === "size" || name === "field";
      cell.textContent = !step ? "–" : side ? `${step[name]}×${step[name]}` : thousands(step[name]);
    }
    remove.disabled = layers.length === 1;
  };
  return { node, draw };
}

// ---------------------------------------------------------------- the image from above

const ringOf = ({ size, steps }) => {
  const { first, field, stride, size: count } = steps[steps.length - 1];
  const beyond = Math.max(-first, first + (count - 1) * stride + field - size, 0);
  return Math.min(beyond, Math.ceil(size / 4));
};

function inputMap(store, data) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const frame = h("div", { class: "window", "aria-hidden": "true" });
  const map = h("div", { class: "map", tabindex: 0, role: "application", "aria-roledescription": "input map",
    "aria-describedby": "keys" }, canvas, frame);
  const legend = h("p", { class: "legend" }, h("i"), " looked at in one way … in many ways");
  const keys = h("p", { class: "note", id: "keys" }, "Point at the image, or use the arrow keys, to choose another output value.");
  const node = h("div", { class: "panel" }, h("h4", {}, "Image"), map, legend, keys);
  const picture = data._picture && Uint8Array.from(atob(data._picture.bytes ?? ""), (letter) => letter.charCodeAt(0));
  const point = (event) => {
    const [box, { steps, size }] = [map.getBoundingClientRect(), store.get()];
    const whole = size + 2 * ringOf(store.get());
    const at = (place, length) => nearest(steps, (place / length) * whole - ringOf(store.get()) - 0.5);
    moveTo(store, at(event.clientY - box.top, box.height), at(event.clientX - box.left, box.width));
  };
  map.addEventListener("pointermove", point);
  map.addEventListener("pointerdown", point);
  map.addEventListener("keydown", (event) => steer(event, store));
  const draw = (state, theme) => {
    const ring = ringOf(state);
    const whole = state.size + 2 * ring;
    paint(canvas, state, ring, picture, theme);
    map.style.setProperty("--cells", whole);
    map.classList.toggle("gridded", whole <= 64);
    const { first, field, stride } = state.steps[state.steps.length - 1];
    const from = (place) => Math.max(first + place * stride + ring, 0);
    const to = (place) => Math.min(first + place * stride + field + ring, whole);
    const part = (count) => `${(100 * count) / whole}%`;
    const [top, left] = [from(state.row), from(state.column)];
    frame.style.cssText = `top:${part(top)};left:${part(left)};height:${part(to(state.row) - top)};` +
      `width:${part(to(state.column) - left)}`;
    map.setAttribute("aria-label", `Image, ${state.size} by ${state.size}, output row ${state.row}, column ${state.column}`);
  };
  return { node, draw };
}

function nearest(steps, pixel) {
  const { first, field, stride, size } = steps[steps.length - 1];
  return Math.max(0, Math.min(size - 1, Math.round((pixel - first - (field - 1) / 2) / stride)));
}

function moveTo(store, row, column) {
  if (row !== store.get().row || column !== store.get().column) store.set({ row, column });
}

function steer(event, store) {
  const { row, column, steps } = store.get();
  const last = steps[steps.length - 1].size - 1;
  const target = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? last : row, last],
    PageUp: [row - 10, column], PageDown: [row + 10, column],
  }[event.key];
  if (!target) return;
  event.preventDefault();
  moveTo(store, ...target.map((place) => Math.max(0, Math.min(last, place))));
}

// Pixels that are looked at are orange, the fuller the more ways lead from them to the output value.
function paint(canvas, { size, down, across }, ring, picture, theme) {
  const whole = size + 2 * ring;
  [canvas.width, canvas.height] = [whole, whole];
  const dots = new ImageData(size, size);
  const plain = theme === "dark" ? 40 : 244;
  const most = Math.max(...down[0].values(), 0) * Math.max(...across[0].values(), 0);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const grey = picture ? picture[y * size + x] : plain;
      const ways = (down[0].get(y) ?? 0) * (across[0].get(x) ?? 0);
      const part = ways ? 0.3 + 0.65 * (ways / most) ** 0.5 : 0;
      const mixed = [230, 140, 0].map((colour) => Math.round(grey + (colour - grey) * part));
      dots.data.set([...mixed, 255], 4 * (y * size + x));
    }
  }
  canvas.getContext("2d").putImageData(dots, ring, ring);
}

// ---------------------------------------------------------------- the whole

function formulaOf({ layers, steps }) {
  const terms = steps.slice(1).map((step, k) => {
    const { kernel, dilation } = layers[k];
    return `${kernel - 1}${dilation > 1 ? `·${dilation}` : ""}·${steps[k].stride}`;
  });
  return `1 + ${terms.join(" + ")} = ${steps[steps.length - 1].field}`;
}

function start(host, data, model = null) {
  const store = makeStore(data);
  const root = host.attachShadow({ mode: "open" });
  const [bar, table, map, side] = [toolbar(store, data), layerTable(store, data._limits), inputMap(store, data), section(store)];
  const stage = h("div", { class: "stage" }, table.node, map.node);
  const problem = h("p", { class: "problem", role: "alert" });
  const spoken = h("p", { class: "spoken", "aria-live": "polite" });
  const formula = h("span", { class: "formula" });
  const size = h("div", { class: "size" }, h("span", {}, "Field = 1 + Σ (window − 1) · dilation · total stride before the layer:"), formula);
  const body = h("div", { class: "body" }, bar.node, problem, stage, side.node, size, spoken);
  const page = h("section", { class: "explorer receptive", "aria-label": "Receptive field" }, body);
  root.append(Object.assign(h("style"), { textContent: data._style }), page);
  let speech = 0;
  const draw = (state) => {
    const theme = (page.dataset.theme = themeOf(host));
    [bar, table, map, side].forEach((panel) => panel.draw(state, theme));
    if (problem.textContent !== state.misfit) problem.textContent = state.misfit;
    formula.textContent = formulaOf(state);
    host.dataset.value = state.steps[state.steps.length - 1].field;
    clearTimeout(speech);
    speech = setTimeout(() => { spoken.textContent = spokenField(state); }, 300);
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

export default { initialize, render, mount };
