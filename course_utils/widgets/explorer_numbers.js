// The explorer's numbers: what it computes, how numbers are written and coloured, and the state behind the page.
//
// All arithmetic is done here: cross-correlation with zeros outside the image, added up in the order of
// `convolution.conv2d`, so that integers are equal to it exactly.

const SETTINGS = ["image", "kernel", "stride", "padding", "dilation", "row", "column", "value"];
const DATA = ["_images", "_kernels", "_limits", "_tour", "_style"];

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
  const centre = (length) => Math.floor((length - 1) / 2);
  const [top, left] = [kernel.length, kernel[0].length].map((old) => centre(old) - centre(size));
  const row = (i) => Array.from({ length: size }, (_, j) => kernel[i + top]?.[j + left] ?? 0);
  return Array.from({ length: size }, (_, i) => row(i));
}

// ---------------------------------------------------------------- numbers in words and signs

const signed = (text) => text.replace("-", "−");
const exactText = (number) => Number(number.toPrecision(4)) === number;
const numberText = (number) => signed(String(Number.isInteger(number) ? number : Number(number.toPrecision(4))));
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
  const pattern = new RegExp(`^(${number})(?:/(${number}))?$`);
  const match = text.trim().replaceAll("−", "-").replaceAll(",", ".").match(pattern);
  const value = match ? Number(match[1]) / (match[3] === undefined ? 1 : Number(match[3])) : NaN;
  return Number.isFinite(value) ? value + 0 : NaN;
}

function sizeFormula(size, kernel, { stride, padding, dilation }) {
  const span = spanOf(kernel, dilation);
  const result = Math.floor((size + 2 * padding - span) / stride) + 1;
  const note = dilation > 1 ? `; span = ${dilation}·(${kernel} − 1) + 1 = ${span}` : "";
  return `⌊(${size} + 2·${padding} − ${span}) / ${stride}⌋ + 1 = ${numberText(result)}${note}`;
}

function misfit({ picture, kernel, padding, dilation }) {
  const axes = [["rows", picture.rows, kernel.length], ["columns", picture.columns, kernel[0].length]];
  for (const [axis, size, length] of axes) {
    const [span, room] = [spanOf(length, dilation), size + 2 * padding];
    if (span > room) {
      return `The kernel spans ${span} ${axis}, but the padded image has only ${size} + 2·${padding} = ${room}. ` +
        `Use more padding${dilation > 1 ? ", less dilation" : ""} or a smaller kernel.`;
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

// ---------------------------------------------------------------- state

function makeStore(data) {
  const pictures = Object.fromEntries(Object.entries(data._images).map(([name, packed]) => [name, unpack(packed)]));
  const listeners = new Set();
  let state = { flip: false, painted: null, problem: "", kernels: data._kernels, limits: data._limits, tour: data._tour };
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
