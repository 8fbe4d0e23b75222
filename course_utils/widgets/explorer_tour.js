// The guided tour of the explorer: a few questions, each with choices. A first wrong choice gets a hint and a second
// try; then the explorer is set, and the tour tells why.
//
// A step is { ask, choices, right, hint, start, show, tell }: `start` and `show` are settings of the explorer.

function tourPanel(store) {
  const steps = store.get().tour ?? [];
  const [count, ask] = [h("b"), h("p", { class: "ask" })];
  const choices = h("div", { class: "choices", role: "group", "aria-label": "Answers" });
  const tell = h("p", { class: "tell", role: "status" });
  const button = (text, press) => h("button", { type: "button", onclick: press }, text);
  const back = button("Back", () => go(at - 1));
  const next = button("Next", () => go(at + 1));
  const close = button("Close the tour", () => { opened = false; draw(); });
  const open = button("Open the tour", () => { opened = true; draw(); });
  const inside = h("div", {}, ask, choices, tell);
  const node = h("div", { class: "tour", hidden: !steps.length },
    h("div", { class: "tour-bar" }, count, h("span", { class: "tour-buttons" }, back, next, close, open)), inside);
  let [at, opened] = [0, true];
  const tried = steps.map(() => []); // the choices made at each step, in their order
  const settled = () => tried[at].includes(steps[at].right) || tried[at].length > 1;
  const set = (changes) => store.set({ flip: false, painted: null, problem: "", ...changes });
  const choose = (number) => {
    if (settled()) tried[at] = []; // answered before: the reader tries again
    if (!tried[at].includes(number)) tried[at].push(number);
    set({ ...steps[at].start, ...(settled() ? steps[at].show : {}) });
    draw();
  };
  const go = (to) => {
    at = (to + steps.length) % steps.length;
    set({ ...steps[at].start, ...(settled() ? steps[at].show : {}) });
    draw();
  };
  const draw = () => {
    if (!steps.length) return;
    const [step, mine, last] = [steps[at], tried[at], at === steps.length - 1];
    count.textContent = `Guided tour, question ${at + 1} of ${steps.length}`;
    [inside, back, next, close].forEach((part) => { part.hidden = !opened; });
    open.hidden = opened;
    back.disabled = at === 0;
    next.textContent = last ? "Start again" : "Next";
    ask.textContent = step.ask;
    choices.replaceChildren(...step.choices.map((text, number) => {
      const mark = settled() && number === step.right ? "✓ " : mine.includes(number) ? "✗ " : "";
      const look = mark === "✓ " ? "right" : mark === "✗ " ? "wrong" : "";
      return h("button", { type: "button", class: look, onclick: () => choose(number), "aria-pressed": String(mine.includes(number)) },
        mark + text);
    }));
    tell.hidden = !mine.length;
    const verdict = mine.at(-1) === step.right ? "Right." : "The marked answer is right.";
    tell.textContent = settled() ? `${verdict} ${step.tell}` : `Not quite; try again. ${step.hint}`;
  };
  draw();
  return { node };
}
