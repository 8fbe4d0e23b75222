// LeNet-5 of 1998 in the page: its weights, what every unit answers, what it sees, and how its number is made.

// Table I of the paper: which maps of S2 each map of C3 sees.
const C3_SEES = [
  [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
  [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
  [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
];
const RUBBISH = 10; // j of equation 9: from this distance on, "no digit" is the better answer

const LEVELS = [
  { name: "input", kind: "input", maps: 1, side: 32 },
  { name: "C1", kind: "convolution", maps: 6, side: 28, window: 5, stride: 1 },
  { name: "S2", kind: "subsampling", maps: 6, side: 14, window: 2, stride: 2 },
  { name: "C3", kind: "convolution", maps: 16, side: 10, window: 5, stride: 1 },
  { name: "S4", kind: "subsampling", maps: 16, side: 5, window: 2, stride: 2 },
  { name: "C5", kind: "convolution", maps: 120, side: 1, window: 5, stride: 1 },
  { name: "F6", kind: "dense", maps: 84, side: 1 },
  { name: "output", kind: "distance", maps: 10, side: 1 },
];
const levelOf = (name) => LEVELS.findIndex((level) => level.name === name);
const everyMap = (count) => Array.from({ length: count }, (_, k) => k);

// The maps of the level below that one map sees.
function sourcesOf(level, map) {
  const { name, kind } = LEVELS[level];
  if (kind === "subsampling") return [map];
  return name === "C3" ? C3_SEES[map] : everyMap(LEVELS[level - 1].maps);
}

// Half-precision numbers, as IEEE 754 lays them out.
function halves(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return Float64Array.from({ length: bytes.length / 2 }, (_, k) => {
    const bits = bytes[2 * k] | (bytes[2 * k + 1] << 8);
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    return bits & 32768 ? -size : size;
  });
}

const squash = (a) => 1.7159 * Math.tanh((2 * a) / 3);

// The arrays stand one behind the other, as Keras keeps them.
function makeNetwork(base64) {
  const numbers = halves(base64);
  let place = 0;
  const take = (count) => numbers.subarray(place, (place += count));
  const weights = {
    C1: { kernel: take(150), bias: take(6) },
    S2: { coefficient: take(6), bias: take(6) },
    C3: { kernel: take(1500), bias: take(16) },
    S4: { coefficient: take(16), bias: take(16) },
    C5: { kernel: take(48000), bias: take(120) },
    F6: { kernel: take(10080), bias: take(84) },
    output: { codes: take(840) },
  };
  const firsts = C3_SEES.map((_, map) => C3_SEES.slice(0, map).flat().length);
  // The weight that joins place (i, j) of the window on the source at position `at` to a map.
  const weightAt = {
    C1: (map, at, i, j) => weights.C1.kernel[(i * 5 + j) * 6 + map],
    S2: (map) => weights.S2.coefficient[map],
    C3: (map, at, i, j) => weights.C3.kernel[(i * 5 + j) * 60 + firsts[map] + at],
    S4: (map) => weights.S4.coefficient[map],
    C5: (map, at, i, j) => weights.C5.kernel[((i * 5 + j) * 16 + at) * 120 + map],
    F6: (map, at) => weights.F6.kernel[at * 84 + map],
    output: (map, at) => weights.output.codes[map * 84 + at],
  };
  return { weights, weightAt };
}

// All levels, each as one array, map by map and row by row; the input has 32 × 32 numbers from −0.1 to 1.175.
function answer(network, input) {
  const values = [input];
  for (let level = 1; level < LEVELS.length; level++) values.push(oneLevel(network, level, values[level - 1]));
  return values;
}

function oneLevel(network, level, below) {
  const { name, kind, maps, side, window = 1, stride = 1 } = LEVELS[level];
  const from = LEVELS[level - 1].side;
  const out = new Float64Array(maps * side * side);
  for (let map = 0; map < maps; map++) {
    sourcesOf(level, map).forEach((source, at) => {
      for (let i = 0; i < window; i++) {
        for (let j = 0; j < window; j++) {
          const weight = network.weightAt[name](map, at, i, j);
          for (let r = 0; r < side; r++) {
            for (let c = 0; c < side; c++) {
              const x = below[(source * from + r * stride + i) * from + c * stride + j];
              out[(map * side + r) * side + c] += kind === "distance" ? (x - weight) ** 2 : x * weight;
            }
          }
        }
      }
    });
    if (kind === "distance") continue;
    for (let k = map * side * side; k < (map + 1) * side * side; k++) out[k] = squash(out[k] + network.weights[name].bias[map]);
  }
  return out;
}

// What one unit adds up: a window of each map it sees, the weights, the products.
function workOf(network, values, { level, map, row, column }) {
  const { name, kind, window = 1, stride = 1 } = LEVELS[level];
  const from = LEVELS[level - 1].side;
  const windows = sourcesOf(level, map).map((source, at) => {
    const part = { sees: [], weights: [], products: [] };
    for (let i = 0; i < window; i++) {
      for (let j = 0; j < window; j++) {
        const x = values[level - 1][(source * from + row * stride + i) * from + column * stride + j];
        const weight = network.weightAt[name](map, at, i, j);
        part.sees.push(x);
        part.weights.push(weight);
        part.products.push(kind === "distance" ? (x - weight) ** 2 : x * weight);
      }
    }
    return part;
  });
  const joined = (list) => windows.flatMap((part) => part[list]);
  const together = { sees: joined("sees"), weights: joined("weights"), products: joined("products") };
  const parts = (from > 1 ? windows : [together]) // single units below are one window together
    .map((part) => ({ ...part, sum: part.products.reduce((sum, product) => sum + product, 0) }));
  const bias = kind === "distance" ? 0 : network.weights[name].bias[map];
  const sum = parts.reduce((total, part) => total + part.sum, bias);
  return { parts, bias, sum, value: kind === "distance" ? sum : squash(sum) };
}

// Which units of every level below one unit depends on: for each level its maps and the first and last row and column.
function fieldOf({ level, map, row, column }) {
  let seen = { maps: [map], rows: [row, row], columns: [column, column] };
  const fields = { [level]: seen };
  for (let at = level; at > 0; at--) {
    const { window = 1, stride = 1 } = LEVELS[at];
    const reach = ([first, last]) => [first * stride, last * stride + window - 1];
    const maps = [...new Set(seen.maps.flatMap((one) => sourcesOf(at, one)))].sort((a, b) => a - b);
    seen = { maps, rows: reach(seen.rows), columns: reach(seen.columns) };
    fields[at - 1] = seen;
  }
  return fields;
}

// Ten probabilities and, last, that of "no digit": softmax of the negative distances with one more class at distance j.
function chances(distances) {
  const all = [...distances, RUBBISH];
  const nearest = Math.min(...all);
  const parts = all.map((distance) => Math.exp(nearest - distance));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
