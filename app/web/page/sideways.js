// A place that can be wider than the screen: it moves sideways under a finger or, focused, under the
// arrow keys, and says so where there is more than is seen.

import { element, newId } from "./elements.js";

const watched = new ResizeObserver((changes) => {
  for (const { target } of changes) hint(target.closest(".sideways, .sheet"));
});

// Make the place around a content; `attributes` are its role and its name.
export function sideways(attributes, content, what = "table") {
  const id = newId("sideways");
  const said = element("p", { class: "hint more", id, hidden: true }, `The ${what} goes on to the right: scroll`);
  const place = element("div", { tabindex: "0", ...attributes }, content);
  place.addEventListener("scroll", () => place.classList.toggle("moved", place.scrollLeft > 0), { passive: true });
  watch(place, content);
  return [said, place];
}

// Look again at a place whenever it or what stands in it gets another size.
export function watch(place, content) {
  watched.observe(place);
  watched.observe(content);
}

function hint(place) {
  const said = place?.previousElementSibling;
  if (!said?.classList.contains("more")) return;
  said.hidden = place.scrollWidth <= place.clientWidth + 1;
  if (said.hidden) place.removeAttribute("aria-describedby");
  else place.setAttribute("aria-describedby", said.id);
}
