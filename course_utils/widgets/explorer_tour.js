// The guided tour of the explorer: a few questions, each with choices; the choice sets the explorer and tells why.
//
// A step is { ask, choices, right, start, show, tell }: `start` and `show` are settings of the explorer.

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
  const chosen = steps.map(() => null);
  const set = (changes) => store.set({ flip: false, painted: null, problem: "", ...changes });
  const choose = (number) => {
    chosen[at] = number;
    set({ ...steps[at].start, ...steps[at].show });
    draw();
  };
  const go = (to) => {
    at = (to + steps.length) % steps.length;
    set({ ...steps[at].start, ...(chosen[at] === null ? {} : steps[at].show) });
    draw();
  };
  const draw = () => {
    if (!steps.length) return;
    const [step, mine, last] = [steps[at], chosen[at], at === steps.length - 1];
    count.textContent = `Guided tour, question ${at + 1} of ${steps.length}`;
    [inside, back, next, close].forEach((part) => { part.hidden = !opened; });
    open.hidden = opened;
    back.disabled = at === 0;
    next.textContent = last ? "Start again" : "Next";
    ask.textContent = step.ask;
    choices.replaceChildren(...step.choices.map((text, number) => {
      const mark = mine === null ? "" : number === step.right ? "✓ " : number === mine ? "✗ " : "";
      const look = mark === "✓ " ? "right" : mark === "✗ " ? "wrong" : "";
      return h("button", { type: "button", class: look, onclick: () => choose(number), "aria-pressed": String(number === mine) },
        mark + text);
    }));
    tell.hidden = mine === null;
    tell.textContent = mine === null ? "" : `${mine === step.right ? "Right." : "Not quite."} ${step.tell}`;
  };
  draw();
  return { node };
}
