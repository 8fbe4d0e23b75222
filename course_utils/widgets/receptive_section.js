// The section through the stack: one line of pixels, and who looks at whom up to the output.

const GUTTER = 120; // CSS pixels to the left of the section, for the names of its levels
const RISE = 38; // CSS pixels from one level to the next

function section(store) {
  const holder = h("div", { class: "section", "aria-hidden": "true" });
  const node = h("div", { class: "work" }, h("h4", {}, "One line of pixels, from the side ", h("small", {}, "image below, output above")), holder);
  const scaleOf = ({ size }) => {
    const cell = (Math.max(holder.clientWidth, 300) - GUTTER) / size;
    return { cell, x: (pixel) => GUTTER + (pixel + 0.5) * cell };
  };
  holder.addEventListener("pointermove", ({ clientX }) => {
    const state = store.get();
    const pixel = (clientX - holder.getBoundingClientRect().left - scaleOf(state).x(0)) / scaleOf(state).cell;
    moveTo(store, state.row, nearest(state.steps, pixel));
  });
  const draw = (state) => {
    const { steps, layers, across } = state;
    const { cell, x } = scaleOf(state);
    const y = (level) => (steps.length - 1 - level) * RISE + 14;
    const middle = (level, value) => x(steps[level].first + (steps[level].field - 1) / 2 + value * steps[level].stride);
    const [lines, dots, words] = [[], [], []];
    steps.forEach((step, level) => {
      const name = level === 0 ? "image" : layerName(layers[level - 1]);
      words.push(`<text x="0" y="${y(level) + 4}">${name}</text>`);
      const radius = Math.min(5, 0.42 * cell * Math.min(step.stride, 2));
      for (let value = 0; value < step.size; value++) {
        const used = across[level].has(value);
        dots.push(`<circle cx="${middle(level, value)}" cy="${y(level)}" r="${radius}" class="${used ? "used" : ""}"/>`);
        if (level && used) lines.push(...tapsOf(state, level, value).map((below) =>
          `<path d="M${middle(level, value)} ${y(level)}L${middle(level - 1, below)} ${y(level - 1)}"/>`));
      }
    });
    const height = y(0) + 14;
    const all = lines.join("") + dots.join("") + words.join("");
    holder.innerHTML = `<svg width="100%" height="${height}">${all}</svg>`;
  };
  return { node, draw };
}

const layerName = ({ kind, kernel, stride, dilation }) =>
  `${kind === "pooling" ? "pool " : ""}${kernel}×${kernel}` + (stride > 1 ? `, stride ${stride}` : "") + (dilation > 1 ? `, dilation ${dilation}` : "");

function tapsOf({ layers, steps }, level, value) {
  const [layer, below] = [layers[level - 1], steps[level - 1]];
  const before = (below.first - steps[level].first) / below.stride;
  return Array.from({ length: layer.kernel }, (_, tap) => value * layer.stride + tap * layer.dilation - before)
    .filter((at) => at >= 0 && at < below.size);
}
