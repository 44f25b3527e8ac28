// The table of contents of a long view: it stays in sight, marks the section that is being read and
// leads to each of them.

import { element } from "./elements.js";

const FEWEST = 3; // sections below which nobody needs one
const READ = 24; // pixels below the contents at which a section is being read

// Make the contents of a view from its parts; null: it is short.
export function contents(parts, signal) {
  const sections = parts.flat().filter((part) => part instanceof HTMLElement && part.matches("section.part"));
  if (sections.length < FEWEST) return null;
  const links = sections.map((section) => {
    const heading = section.querySelector("h2");
    heading.tabIndex = -1;
    const go = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      section.scrollIntoView();
      heading.focus({ preventScroll: true });
    };
    return element("a", { href: location.hash, on: { click: go } }, heading.textContent);
  });
  const list = element("ol", {}, links.map((link) => element("li", {}, link)));
  const made = element("nav", { class: "contents", "aria-label": "On this page" }, list);
  const follow = () => mark(made, list, sections, links);
  for (const sign of ["scroll", "resize"]) addEventListener(sign, follow, { passive: true, signal });
  requestAnimationFrame(follow);
  return made;
}

function mark(made, list, sections, links) {
  const line = made.getBoundingClientRect().bottom + READ;
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2 && scrollY > 0;
  const passed = sections.filter((section) => section.getBoundingClientRect().top <= line).length;
  const current = atEnd ? sections.length - 1 : Math.max(passed - 1, 0);
  document.documentElement.style.setProperty("--contents", `${made.offsetHeight}px`);
  for (const [index, link] of links.entries()) {
    if (index !== current) {
      link.removeAttribute("aria-current");
    } else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "location");
      list.scrollTo({ left: link.offsetLeft - list.clientWidth / 3 });
    }
  }
}
