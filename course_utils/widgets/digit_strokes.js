// From strokes of a pen to what the network sees: scaled, drawn and centred as MNIST's digits were.
//
// A stroke is a list of points [x, y] from 0 to 1, down and to the right of the pad's corner.

const BOX = 20; // pixels: the longer side of every digit
const FRAME = 32; // pixels of the network's input
const PEN = 1.25; // pixels: half the width of the line in the network's picture
const SOFT = 0.75; // pixels: half the width of the line's grey edge
const FURTHEST = 8; // pixels that a digit may be shifted
const [PAPER, INK] = [-0.1, 1.175]; // the numbers of white paper and black ink

// Where a point of the pad lies in the box: the same scale for both axes.
function boxOf(strokes) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = (BOX - 2 * PEN) / Math.max(right - left, bottom - top, 0.12); // a dot stays a dot
  return { scale, left, top, width: (right - left) * scale, height: (bottom - top) * scale };
}

function distanceTo([px, py], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length)) : 0;
  return Math.hypot(px - ax - part * dx, py - ay - part * dy);
}

// Ink from 0 to 1 in 32 × 32 pixels, and how a point of the pad gets there.
function inkOf(strokes, shift) {
  const ink = new Float64Array(FRAME * FRAME);
  if (!strokes.length) return { ink, place: null };
  const { scale, left, top } = boxOf(strokes);
  const lines = strokes.map((stroke) => stroke.map(([x, y]) => [(x - left) * scale, (y - top) * scale]));
  const margin = 3; // pixels around the box that a soft edge may reach
  const side = BOX + 2 * margin;
  const drawn = Float64Array.from({ length: side * side }, (_, k) => {
    const pixel = [(k % side) + 0.5 - margin, Math.floor(k / side) + 0.5 - margin];
    let nearest = Infinity;
    for (const line of lines) {
      for (let n = 0; n < line.length; n++) nearest = Math.min(nearest, distanceTo(pixel, line[Math.max(0, n - 1)], line[n]));
    }
    return Math.max(0, Math.min(1, (PEN + SOFT - nearest) / (2 * SOFT)));
  });
  // The centre of mass goes to the middle of the frame, in whole pixels.
  let [mass, across, down] = [0, 0, 0];
  drawn.forEach((amount, k) => {
    [mass, across, down] = [mass + amount, across + amount * ((k % side) + 0.5), down + amount * (Math.floor(k / side) + 0.5)];
  });
  const [toRight, toBottom] = [Math.round(FRAME / 2 - across / mass) + shift[0], Math.round(FRAME / 2 - down / mass) + shift[1]];
  drawn.forEach((amount, k) => {
    const [x, y] = [(k % side) + toRight, Math.floor(k / side) + toBottom];
    if (x >= 0 && y >= 0 && x < FRAME && y < FRAME) ink[y * FRAME + x] = amount;
  });
  return { ink, place: { scale, left, top, across: toRight + margin, down: toBottom + margin } };
}

// MNIST keeps whole numbers from 0 to 255.
const toInput = (ink) => ink.map((amount) => PAPER + (Math.round(255 * amount) / 255) * (INK - PAPER));

// A smooth curve through a few points (Catmull-Rom), eight short lines from one to the next.
function smooth(points) {
  const at = (k) => points[Math.max(0, Math.min(points.length - 1, k))];
  const curve = [points[0]];
  for (let k = 0; k < points.length - 1; k++) {
    const [p, q, r, s] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    for (let step = 1; step <= 8; step++) {
      const t = step / 8;
      curve.push([0, 1].map((axis) => 0.5 * (2 * q[axis] + (r[axis] - p[axis]) * t +
        (2 * p[axis] - 5 * q[axis] + 4 * r[axis] - s[axis]) * t * t +
        (3 * q[axis] - p[axis] - 3 * r[axis] + s[axis]) * t * t * t)));
    }
  }
  return curve;
}

// Digits written for this exhibit: a few points of the pen's way, in hundredths of the pad.
const STORED = [
  ["52 14 34 22 26 46 30 72 46 86 64 78 72 54 68 28 50 14"],
  ["38 30 48 22 54 12|54 12 53 30 52 60 51 88"],
  ["28 32 36 18 52 12 66 22 64 40 48 60 28 84|28 84 50 80 74 84"],
  ["30 22 44 12 62 18 64 34 44 46|44 46 64 54 68 72 52 88 28 80"],
  ["40 14 34 34 26 56|26 56 50 56 76 54|60 32 58 60 56 90"],
  ["36 14 34 30 32 44|32 44 52 40 68 54 66 76 48 88 28 80|36 14 52 15 68 12"],
  ["60 12 42 28 30 54 34 78 50 88 66 76 62 58 46 54 33 66"],
  ["26 18 50 17 74 15|74 15 62 40 52 62 46 88"],
  ["64 22 48 12 34 22 40 38 58 52 66 70 52 86 34 78 36 60 54 44 64 30 62 20"],
  ["66 30 54 14 38 20 34 38 48 48 64 38 66 28|66 28 64 52 58 74 52 90"],
].map((strokes) => strokes[0].split("|").map((way) => {
  const numbers = way.split(" ").map((number) => Number(number) / 100);
  return smooth(Array.from({ length: numbers.length / 2 }, (_, k) => [numbers[2 * k], numbers[2 * k + 1]]));
}));
