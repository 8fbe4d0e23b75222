// The network on the page: all maps of all levels, the wires between them, and what the chosen unit sees.

const RANGE = 1.7159; // the squashing function approaches ± this
const SVG = "http://www.w3.org/2000/svg";
const COLOURS = { // negative blue, positive orange; the middle is the colour of the page
  light: [[18, 62, 112], [92, 158, 204], [250, 249, 246], [243, 158, 92], [172, 54, 16]],
  dark: [[128, 200, 250], [34, 98, 160], [27, 31, 38], [196, 78, 44], [255, 208, 122]],
};
const PAPERS = { light: [[255, 255, 255], [24, 28, 34]], dark: [[12, 14, 18], [244, 246, 250]] }; // paper and ink
const SURFACE = { light: [255, 255, 255], dark: [22, 25, 30] };
const DRAWN = { light: [0, 110, 80], dark: [70, 222, 176] }; // the ink of F6, which draws the answer

const mix = (from, to, part) => from.map((value, k) => value + (to[k] - value) * part);

function heat(number, limit, theme) {
  const place = (Math.max(-1, Math.min(1, number / limit)) + 1) * 2;
  const stop = Math.min(3, Math.floor(place));
  return mix(COLOURS[theme][stop], COLOURS[theme][stop + 1], place - stop);
}
const part = (number, low, high) => Math.max(0, Math.min(1, (number - low) / (high - low)));
const inkColour = (number, theme) => mix(...PAPERS[theme], part(number, PAPER, INK));
const drawnColour = (number, theme) => mix(PAPERS[theme][0], DRAWN[theme], part(number, -1, 1)); // targets: −1 and 1

// Ink for the input, green ink for F6's drawing, blue and red for all between.
function colourOf(level, theme) {
  const colour = { input: inkColour, F6: drawnColour }[LEVELS[level].name];
  return colour ? (number) => colour(number, theme) : (number) => heat(number, RANGE, theme);
}

// How a level is laid out: so many grids of rows × columns units. C5, F6 and the output are one grid each.
function gridOf(level, tall) {
  const { name, maps, side } = LEVELS[level];
  if (name === "C5") return tall ? { grids: 1, rows: 30, columns: 4 } : { grids: 1, rows: 4, columns: 30 };
  if (name === "F6") return { grids: 1, rows: 12, columns: 7 };
  if (name === "output") return { grids: 1, rows: 10, columns: 1 };
  return { grids: maps, rows: side, columns: side };
}
const unitAt = (level, grid, row, column, columns) => (LEVELS[level].side > 1
  ? { level, map: grid, row, column } : { level, map: row * columns + column, row: 0, column: 0 });
const placeOf = ({ level, map, row, column }, columns) => (LEVELS[level].side > 1
  ? { grid: map, row, column } : { grid: 0, row: Math.floor(map / columns), column: map % columns });

// Paint numbers, one dot each, into a canvas.
function dots(canvas, rows, columns, colourAt) {
  [canvas.width, canvas.height] = [columns, rows];
  const image = new ImageData(columns, rows);
  for (let k = 0; k < rows * columns; k++) image.data.set([...colourAt(k), 255], 4 * k);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function paintKernel(canvas, weights, theme) {
  const most = Math.max(...weights.map(Math.abs));
  dots(canvas, 5, 5, (k) => heat(weights[k], most, theme));
}

const TITLES = {
  input: ["Input", "32 × 32"], C1: ["C1", "28 × 28"], S2: ["S2", "14 × 14"], C3: ["C3", "10 × 10"],
  S4: ["S4", "5 × 5"], C5: ["C5", "120"], F6: ["F6", "12 × 7"], output: ["Answers", "nearness · distance"],
};
const SPOKEN = {
  input: "Input, 32 by 32 pixels", C1: "C1, 6 maps of 28 by 28", S2: "S2, 6 maps of 14 by 14", C3: "C3, 16 maps of 10 by 10",
  S4: "S4, 16 maps of 5 by 5", C5: "C5, 120 units", F6: "F6, 84 units that draw 7 by 12 dots", output: "Ten answers",
};

// One level: its title, its maps, and how pointer and keys choose a unit of it.
function levelPanel(network, level, chosen, choose) {
  const { name, maps, side } = LEVELS[level];
  const [title, size] = TITLES[name];
  const head = h("div", { class: "head" }, h("b", {}, title), h("span", {}, size));
  const set = h("div", { class: "maps", ...(level ? {
    tabindex: 0, role: "application", "aria-roledescription": "maps of units", "aria-describedby": "digit-keys",
  } : { role: "img" }), "aria-label": SPOKEN[name] });
  const note = level ? [] : [h("p", { class: "note" }, "scaled and centred, as in MNIST")];
  const node = h("div", { class: `level ${name}` }, head, set, ...note);
  const shown = side > 1 ? maps : 1;
  const cells = Array.from({ length: shown }, (_, map) => {
    const [canvas, kernel] = [h("canvas", { "aria-hidden": "true" }), name === "C1" && h("canvas", { class: "own", "aria-hidden": "true" })];
    const box = h("div", { class: "cell" }, canvas, h("i", { class: "seen" }), h("i", { class: "unit" }), ...(kernel ? [kernel] : []));
    return { canvas, kernel, node: box, entry: kernel || box };
  });
  set.append(...cells.map((cell) => cell.node));
  let grid = gridOf(level, true);
  const here = () => (chosen()?.level === level ? chosen() : null);
  const at = (box, { clientX, clientY }, g) => {
    const along = (place, length, count) => Math.max(0, Math.min(count - 1, Math.floor((place / length) * count)));
    return unitAt(level, g, along(clientY - box.top, box.height, grid.rows), along(clientX - box.left, box.width, grid.columns), grid.columns);
  };
  if (level) {
    cells.forEach((cell, g) => ["pointermove", "pointerdown"].forEach((kind) => cell.node.addEventListener(kind, (event) =>
      choose(at(cell.canvas.getBoundingClientRect(), event, g), kind))));
  }
  if (level) {
    set.addEventListener("keydown", (event) => {
      const next = stepped(event, level, here(), grid);
      if (next) { event.preventDefault(); choose(next); }
    });
    set.addEventListener("focus", () => { if (!here() && set.matches(":focus-visible")) choose(strongest()); });
  }
  let values = [];
  const strongest = () => {
    const k = values.reduce((best, value, n) => (Math.abs(value) > Math.abs(values[best]) ? n : best), 0);
    const within = k % (side * side);
    return { level, map: Math.floor(k / (side * side)), row: Math.floor(within / side), column: within % side };
  };
  const draw = (numbers, theme, tall) => {
    [values, grid] = [numbers, gridOf(level, tall)];
    node.style.setProperty("--rows", grid.rows);
    node.style.setProperty("--columns", grid.columns);
    const colour = colourOf(level, theme);
    cells.forEach(({ canvas, kernel }, g) => {
      const first = g * grid.rows * grid.columns;
      if (kernel) paintKernel(kernel, everyMap(25).map((k) => network.weights.C1.kernel[6 * k + g]), theme);
      dots(canvas, grid.rows, grid.columns, (k) => colour(numbers[first + k]));
    });
  };
  // Mark the units of this level that the chosen one sees, and the chosen one itself.
  const mark = (field, unit) => {
    cells.forEach(({ node: cell }, g) => {
      const [seen, dot] = [cell.querySelector(".seen"), cell.querySelector(".unit")];
      const lit = field && !unit && (side > 1 ? field.maps.includes(g) : true);
      seen.hidden = !lit;
      const whole = [[0, grid.rows - 1], [0, grid.columns - 1]];
      const [rows, columns] = side > 1 && field ? [field.rows, field.columns] : whole;
      if (lit) put(seen, rows, columns, grid);
      seen.classList.toggle("whole", rows[1] - rows[0] === grid.rows - 1 && columns[1] - columns[0] === grid.columns - 1);
      const place = unit && placeOf(unit, grid.columns);
      dot.hidden = !place || place.grid !== g;
      if (!dot.hidden) put(dot, [place.row, place.row], [place.column, place.column], grid);
    });
  };
  return { node, set, head, cells, draw, mark };
}

function put(mark, [top, bottom], [left, right], { rows, columns }) {
  const share = (count, of) => `${(100 * count) / of}%`;
  mark.style.cssText = `top:${share(top, rows)};left:${share(left, columns)};` +
    `height:${share(bottom - top + 1, rows)};width:${share(right - left + 1, columns)}`;
}

// Arrow keys walk over the units of a map, Page Up and Page Down from map to map, Home and End to its corners.
function stepped({ key }, level, now, grid) {
  const { grid: g, row, column } = now ? placeOf(now, grid.columns) : { grid: 0, row: 0, column: 0 };
  const to = {
    ArrowUp: [g, row - 1, column], ArrowDown: [g, row + 1, column], ArrowLeft: [g, row, column - 1],
    ArrowRight: [g, row, column + 1], Home: [g, 0, 0], End: [g, grid.rows - 1, grid.columns - 1],
    PageUp: [g - 1, row, column], PageDown: [g + 1, row, column],
  }[key];
  if (!to) return null;
  const within = (place, count) => Math.max(0, Math.min(count - 1, place));
  return unitAt(level, (to[0] + grid.grids) % grid.grids, within(to[1], grid.rows), within(to[2], grid.columns), grid.columns);
}

// ---------------------------------------------------------------- wires and beams

const svg = (tag, attributes) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};

// Lines between the maps that are connected: behind everything, laid out from where the maps stand.
function makeWires(flow, levels, output) {
  const picture = svg("svg", { class: "wires", "aria-hidden": "true" });
  flow.prepend(picture);
  const last = LEVELS.length - 1;
  const ends = (level) => (level === last ? output.glyphs : levels[level].cells.map((cell) => cell.node));
  const starts = (level) => (level === last ? output.glyphs : levels[level].cells.map((cell) => cell.entry));
  const draw = ({ fields, unit, best }, tall) => {
    const origin = flow.getBoundingClientRect();
    const box = (node) => {
      const { left, top, right, bottom } = node.getBoundingClientRect();
      return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
    };
    picture.replaceChildren();
    picture.classList.toggle("all", unit !== null && unit.level > 4); // it sees everything: less of a fuss
    for (let level = 1; level < LEVELS.length; level++) {
      const [from, to] = [ends(level - 1).map(box), starts(level).map(box)];
      if (level === last && !tall) continue; // there the answers stand in a list below
      to.forEach((target, map) => {
        const sources = from.length === 1 || to.length === 1 ? from.map((_, k) => k) : sourcesOf(level, map);
        sources.forEach((source) => {
          const lit = isLit(level, map, source, fields, unit, from.length, to.length);
          const look = lit ? "lit" : level === last && map === best ? "won" : "";
          picture.append(svg("path", { d: wire(from[source], target, tall), class: look }));
        });
      });
    }
    picture.append(...picture.querySelectorAll(".won, .lit")); // on top
    if (unit && (tall || unit.level < last)) beams(picture, unit, fields, levels, output, box);
  };
  return { draw };
}

// Is this wire on the way from the drawing to the chosen unit?
function isLit(level, map, source, fields, unit, sources, targets) {
  if (!unit || level > unit.level) return false;
  const has = (at, k, count) => count === 1 || (fields[at]?.maps.includes(k) ?? false);
  return has(level - 1, source, sources) && has(level, map, targets) && (level < LEVELS.length - 1 || map === unit.map);
}

function wire(from, to, tall) {
  const middle = (low, high) => (low + high) / 2;
  if (tall) {
    const [x1, y1, x2, y2] = [from.right, middle(from.top, from.bottom), to.left, middle(to.top, to.bottom)];
    return `M${x1} ${y1}C${middle(x1, x2)} ${y1} ${middle(x1, x2)} ${y2} ${x2} ${y2}`;
  }
  const [x1, y1, x2, y2] = [middle(from.left, from.right), from.bottom, middle(to.left, to.right), to.top];
  return `M${x1} ${y1}C${x1} ${middle(y1, y2)} ${x2} ${middle(y1, y2)} ${x2} ${y2}`;
}

// From each window that the unit sees to the unit itself: the outline of both together.
function beams(picture, unit, fields, levels, output, box) {
  const target = unit.level === LEVELS.length - 1 ? output.glyphs[unit.map]
    : levels[unit.level].cells.map((cell) => cell.node.querySelector(".unit")).find((dot) => !dot.hidden);
  if (!target) return;
  const corners = ({ left, top, right, bottom }) => [[left, top], [right, top], [right, bottom], [left, bottom]];
  levels[unit.level - 1].cells.map((cell) => cell.node.querySelector(".seen")).filter((mark) => !mark.hidden).forEach((mark) => {
    const outline = hull([...corners(box(mark)), ...corners(box(target))]);
    picture.append(svg("polygon", { points: outline.join(" "), class: mark.matches(".whole") ? "beam faint" : "beam" }));
  });
}

function hull(points) {
  const sorted = [...points].sort(([a, b], [c, d]) => a - c || b - d);
  const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const half = (list) => list.reduce((chain, point) => {
    while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
    return [...chain, point];
  }, []).slice(0, -1);
  return [...half(sorted), ...half(sorted.reverse())];
}
