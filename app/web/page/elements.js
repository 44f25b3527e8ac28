// Builds the document. Whatever comes from the service becomes text, never markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (attribute === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else {
      made.setAttribute(attribute, value === true ? "" : String(value));
    }
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

let numbered = 0;

export function newId(prefix) {
  numbered += 1;
  return `${prefix}-${numbered}`;
}

export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
