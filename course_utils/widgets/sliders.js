// Frames computed beforehand, and a slider for each number that they depend on: nothing behind them but this page.

const INTERVAL = 700; // milliseconds a frame while playing

// One row of controls: step back, slide, step on, play; or a list to choose from.
function slider({ name, values, slides }, choose) {
  const id = `s-${name.replaceAll(" ", "-")}`;
  if (!slides) {
    const { node, select } = chooser(name, values.map((text, k) => [String(k), text]), (k) => choose(Number(k)));
    return { node, draw: (k) => { select.value = String(k); } };
  }
  const last = values.length - 1;
  const input = h("input", { id, type: "range", min: 0, max: last, step: 1, oninput: () => choose(Number(input.value)) });
  const shown = h("output", { for: id, class: "shown" });
  shown.style.minWidth = `${Math.max(...values.map((text) => text.length))}ch`;
  const button = (text, label, click) => h("button", { type: "button", "aria-label": label, onclick: click }, text);
  const step = (by) => choose(Math.min(last, Math.max(0, Number(input.value) + by)));
  const [back, on] = [button("−", `${name}: one step back`, () => step(-1)), button("+", `${name}: one step on`, () => step(1))];
  let playing = 0;
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", `${name}: play`);
  };
  const next = () => {
    if (!play.isConnected) stop();
    else choose((Number(input.value) + 1) % values.length);
  };
  const play = button("▶", `${name}: play`, () => {
    if (playing) return stop();
    playing = setInterval(next, INTERVAL);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", `${name}: pause`);
    next();
  });
  const label = h("label", { for: id }, name);
  const node = h("div", { class: "field" }, label, h("div", { class: "slide" }, play, back, input, on, shown));
  const draw = (k) => {
    input.value = k;
    input.setAttribute("aria-valuetext", values[k]);
    shown.textContent = values[k];
    [back.disabled, on.disabled] = [k === 0, k === last];
  };
  return { node, draw };
}

function start(host, data) {
  const root = host.attachShadow({ mode: "open" });
  const places = [...data.start];
  const picture = h("img", { class: "frame", width: data.width });
  const sheet = h("div", { class: "sheet" }, picture);
  const caption = h("p", { class: "caption", hidden: !data.captions.length });
  const said = h("p", { class: "spoken", "aria-live": "polite" });
  const bar = h("div", { class: "bar" });
  const controls = data.choices.map((choice, k) => slider(choice, (place) => { places[k] = place; draw(); }));
  bar.append(...controls.map((control) => control.node));
  const page = h("section", { class: "explorer frames", "aria-label": "Figure with sliders" });
  page.append(h("div", { class: "body" }, bar, caption, h("div", { class: "paper" }, sheet), said));
  root.append(Object.assign(h("style"), { textContent: data._style }), page);
  const draw = () => {
    page.dataset.theme = themeOf(host);
    controls.forEach((control, k) => control.draw(places[k]));
    const number = places.reduce((so, place, k) => so * data.choices[k].values.length + place, 0);
    const setting = data.choices.map(({ name, values }, k) => `${name} ${values[places[k]]}`).join(", ");
    picture.src = `data:image/png;base64,${data.frames[number]}`;
    const windows = () => data.images[number].map((place) => windowOn(picture, place));
    picture.decode().then(() => sheet.replaceChildren(picture, ...windows()), () => {});
    caption.textContent = data.captions[number] ?? "";
    picture.alt = `${data.alt} Here ${setting}.`;
    said.textContent = data.captions.length ? `${setting}: ${data.captions[number]}` : setting;
    host.dataset.value = number;
  };
  draw();
  page.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook's own shortcuts stay out
  hideStill(host, data);
  return watch(bar, () => { page.dataset.theme = themeOf(host); });
}

// A dark page turns a drawing dark; the images in it (left, top, right, bottom) are laid over it once more as they are.
function windowOn(picture, [left, top, right, bottom]) {
  const { naturalWidth: width, naturalHeight: height, src } = picture;
  const [wide, high] = [right - left, bottom - top];
  const parts = (...shares) => shares.map((share) => `${100 * share}%`);
  const pane = h("i", { "aria-hidden": "true" });
  [pane.style.left, pane.style.top] = parts(left / width, top / height);
  [pane.style.width, pane.style.height] = parts(wide / width, high / height);
  pane.style.backgroundImage = `url(${src})`;
  pane.style.backgroundSize = parts(width / wide, height / high).join(" ");
  pane.style.backgroundPosition = parts(left / Math.max(1, width - wide), top / Math.max(1, height - high)).join(" ");
  return pane;
}

// The first frame stands before this exhibit as a plain picture, for pages without scripts: here it is not needed.
function hideStill(host, data) {
  const first = `data:image/png;base64,${data.frames[data.still]}`;
  const isBefore = (image) => image.compareDocumentPosition(host) & Node.DOCUMENT_POSITION_FOLLOWING;
  const same = (image) => image.src === first || image.alt === data.alt;
  const image = [...document.images].filter((one) => same(one) && isBefore(one)).pop();
  const output = image?.closest(".jp-OutputArea-child, .output, .output_area") ?? image;
  if (output) output.style.display = "none";
}

export default { mount };
