// A field of a quiz has its question as its name.
addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll(".course-quiz .Input-text")) {
    const asked = field.closest(".Quiz")?.querySelector("[id^='QuizQn'], .Qn, div")?.textContent.trim();
    field.setAttribute("aria-label", asked ? `Your answer: ${asked}` : "Your answer");
  }
});

// A printed page is light, and its answers are open; folded code stays folded.
(() => {
  let [theme, opened] = [null, []];
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    opened = [...document.querySelectorAll("details:not([open])")].filter((node) => !node.matches(".above-input"));
    for (const node of opened) node.open = true;
    for (const image of document.images) image.loading = "eager";
  });
  addEventListener("afterprint", () => {
    if (theme !== null) document.documentElement.dataset.theme = theme;
    for (const node of opened) node.open = false;
  });
})();

// What scrolls sideways fades at the side where more of it lies.
addEventListener("load", () => {
  const kinds = ":is(pre, .output, .text_html, .scrolls, .pst-scrollable-table-container, div.math)";
  const boxes = document.querySelectorAll(`.bd-article ${kinds}`);
  const look = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    box.classList.toggle("wider", hidden > 2);
    box.classList.toggle("more-right", hidden > 2 && box.scrollLeft < hidden - 2);
    box.classList.toggle("more-left", hidden > 2 && box.scrollLeft > 2);
  };
  const sizes = new ResizeObserver((entries) => { for (const entry of entries) look(entry.target); });
  for (const box of boxes) {
    sizes.observe(box);  // also when a fold opens
    box.addEventListener("scroll", () => look(box), { passive: true });
  }
});
