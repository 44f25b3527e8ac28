// A chart of the service as a picture, with what takes it and its data along.

import { CHOICES } from "./address.js";
import * as api from "./api.js";
import { SessionEnded } from "./api.js";
import { announce, element } from "./elements.js";
import { fill, wentWrong } from "./section.js";
import { sideways, watch } from "./sideways.js";

const FORMS = [
  ["SVG", "image/svg+xml", "svg"],
  ["PNG", "image/png", "png"],
  ["PDF", "application/pdf", "pdf"],
  ["Data (CSV)", "text/csv", "csv", { csv: "spreadsheet" }],
];

// Show a chart; `description` says in words what it shows and where the same figures are in text.
// `only` names what of the choosers the chart can be asked; without it, everything.
export function picture(context, name, { query = {}, title, description, only = CHOICES }) {
  const path = `/v1/charts/${name}`;
  const asked = { ...query };
  for (const choice of only) asked[choice] = context.asked[choice];
  const [more, place] = sideways({ class: "sheet", role: "group", "aria-label": title }, element("div"), "picture");
  const said = element("div", { class: "said" });
  const load = async () => {
    const drawn = await api.file(path, asked, "image/svg+xml", context.signal);
    const source = URL.createObjectURL(drawn);
    context.signal.addEventListener("abort", () => URL.revokeObjectURL(source));
    const image = element("img", { src: source, alt: `${title}. ${description}` });
    await image.decode().catch(() => undefined);
    watch(place, image);
    return image;
  };
  fill(context, place, load, title);
  const buttons = FORMS.map(([label, mediaType, ending, more = {}]) => {
    const file = `${name}.${ending}`;
    const take = () => download(context, path, { ...asked, ...more }, mediaType, file, said);
    return element(
      "button",
      { type: "button", class: "small", "aria-label": `${title}: ${label}`, on: { click: take } },
      label,
    );
  });
  return element(
    "figure",
    { class: "picture" },
    more,
    place,
    element(
      "figcaption",
      {},
      element("span", {}, title),
      element("span", { class: "takeaway" }, buttons),
    ),
    said,
  );
}

// Fetch a file in the person's name and hand it to the browser to keep.
export async function download(context, path, query, mediaType, name, said) {
  said.replaceChildren();
  announce(`${name} is being made.`);
  try {
    const made = await api.file(path, query, mediaType, context.signal);
    const source = URL.createObjectURL(made);
    element("a", { href: source, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(source), 60_000);
    announce(`${name} is there.`);
  } catch (error) {
    if (context.signal.aborted) return;
    if (error instanceof SessionEnded) context.sessionEnded();
    else said.replaceChildren(wentWrong(error, name, null));
  }
}
