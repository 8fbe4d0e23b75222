// The receptive field's numbers: what a stack of windows sees, and the state behind the page.
//
// The arithmetic is that of `stack.py`, which follows Keras.

const SETTINGS = ["layers", "size", "padding", "channels", "row", "column"];
const DATA = ["_picture", "_stacks", "_limits", "_style"];

const spanOf = ({ kernel, dilation }) => dilation * (kernel - 1) + 1;

// The numbers of the input and of each layer along one axis; it ends early where a window does not fit.
function trace({ layers, size, padding, channels }) {
  const steps = [{ size, field: 1, stride: 1, first: 0, weights: 0 }];
  for (const layer of layers) {
    const last = steps[steps.length - 1];
    const [span, same] = [spanOf(layer), padding === "same"];
    if (!same && span > last.size) break;
    const fresh = same ? Math.ceil(last.size / layer.stride) : Math.floor((last.size - span) / layer.stride) + 1;
    const before = same ? Math.floor(Math.max((fresh - 1) * layer.stride + span - last.size, 0) / 2) : 0;
    steps.push({
      size: fresh,
      field: last.field + (span - 1) * last.stride,
      stride: last.stride * layer.stride,
      first: last.first - before * last.stride,
      weights: layer.kind === "convolution" ? layer.kernel ** 2 * channels ** 2 : 0,
    });
  }
  return steps;
}

// For each level, input first: in how many ways each of its values reaches the chosen output value along one axis.
function pathsTo(place, layers, steps) {
  const levels = [new Map([[place, 1]])];
  for (let k = steps.length - 1; k > 0; k--) {
    const [layer, below] = [layers[k - 1], steps[k - 1]];
    const before = (below.first - steps[k].first) / below.stride;
    const reached = new Map();
    for (const [value, ways] of levels[0]) {
      for (let tap = 0; tap < layer.kernel; tap++) {
        const at = value * layer.stride + tap * layer.dilation - before;
        if (at >= 0 && at < below.size) reached.set(at, (reached.get(at) ?? 0) + ways);
      }
    }
    levels.unshift(reached);
  }
  return levels;
}

function misfit({ layers, steps }) {
  if (steps.length > layers.length) return "";
  const [number, room] = [steps.length, steps[steps.length - 1].size];
  return `Layer ${number} spans ${spanOf(layers[number - 1])} values, but finds only ${room}. ` +
    "Use a larger input, a smaller window, or padding “same”.";
}

function makeStore(data) {
  const listeners = new Set();
  const settle = (next) => {
    next.steps = trace(next);
    next.misfit = misfit(next);
    const last = next.steps[next.steps.length - 1].size - 1;
    next.row = Math.max(0, Math.min(next.row, last));
    next.column = Math.max(0, Math.min(next.column, last));
    const used = next.layers.slice(0, next.steps.length - 1);
    [next.down, next.across] = [next.row, next.column].map((place) => pathsTo(place, used, next.steps));
    return next;
  };
  let state = settle(Object.fromEntries(SETTINGS.map((name) => [name, data[name]])));
  return {
    get: () => state,
    listen: (listener) => listeners.add(listener),
    set(changes) {
      state = settle({ ...state, ...changes });
      listeners.forEach((listener) => listener(state));
    },
  };
}

const middleOf = (steps) => Math.floor((steps[steps.length - 1].size - 1) / 2);
const thousands = (number) => number.toLocaleString("en");

function spokenField({ steps, row, column, down, across, misfit: wrong }) {
  if (wrong) return "";
  const { field, stride } = steps[steps.length - 1];
  return `Output row ${row}, column ${column} looks at ${down[0].size} by ${across[0].size} pixels of the image. ` +
    `Its field is ${field} by ${field}, one step is ${stride} pixel${stride === 1 ? "" : "s"}.`;
}
