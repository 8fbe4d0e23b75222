// What a page shows, looked at from inside: run in the page by tests/test_site_checks.py; returns lists of problems.
() => {
  const roots = [document];
  for (const root of roots) {
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) roots.push(node.shadowRoot);
  }
  const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const above = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const name = (node) => `${node.tagName.toLowerCase()}.${[...node.classList].join(".")} "${node.textContent.trim().slice(0, 30)}"`;
  const seen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && node.getClientRects().length > 0;

  // colours as [red, green, blue, opacity], whatever notation the style uses
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, opacity] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, opacity / 255]);
    }
    return known.get(text);
  };
  const over = (front, back) => [0, 1, 2].map((k) => front[k] * front[3] + back[k] * (1 - front[3]));
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  // the colour behind a node, or null where a picture lies behind it
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = above(at)) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      layers.push(colour(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255]);
  };
  const faint = new Map();
  let measured = 0;
  for (const root of roots) {
    const texts = document.createTreeWalker(root === document ? document.body : root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || !node || node.closest("script, style, noscript, svg, option") || !seen(node)) continue;
      if (node.matches(":disabled, :disabled *") || node.closest("[aria-hidden='true']")) continue;
      const [style, back] = [getComputedStyle(node), behind(node)];
      if (!back) continue;
      let opacity = 1;
      for (let at = node; at; at = above(at)) opacity *= Number(getComputedStyle(at).opacity);
      const ink = [...colour(style.color)];
      ink[3] *= opacity;
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const found = ratio(over(ink, back), back);
      measured += 1;
      if (found < (large ? 3 : 4.5) - 0.01) faint.set(`${found.toFixed(2)} ${name(node)}`, true);
    }
  }

  const controls = "a[href], button, input, select, textarea, summary, [role='application'], [role='slider']";
  const mute = (node) => !(node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim() || node.title || node.getAttribute("aria-labelledby"));
  const reached = (node) => node.tabIndex >= 0 || node.disabled || node.querySelector(controls) || node.closest("a[href], button, label, summary");
  return {
    measured,
    faint: [...faint.keys()],
    silent: [...document.images].filter((image) => !image.alt.trim()).map((image) => image.src),
    bytes: [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")].reduce(
      (sum, entry) => sum + entry.decodedBodySize,
      0,
    ),
    wide: document.documentElement.scrollWidth - innerWidth,
    mute: all(controls).filter((node) => seen(node) && node.type !== "hidden" && mute(node)).map(name),
    unreachable: [
      ...all(controls).filter((node) => seen(node) && node.tabIndex < 0 && !node.disabled),
      ...all("[onclick]").filter((node) => seen(node) && !reached(node)),
    ].map(name),
  };
}
