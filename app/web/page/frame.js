// What stands around every view: the name of the trial, the way to the views, who is signed in, and
// what can be taken along.

import { elsewhere } from "./address.js";
import { element } from "./elements.js";
import { download } from "./picture.js";
import { plain } from "./words.js";

export function masthead(context, signOut) {
  const brand = element(
    "p",
    { class: "brand" },
    element("strong", {}, "Day Zero"),
    context && element("span", {}, context.trial.trial.title),
  );
  if (context === null) return [brand];
  const { me, views, view, chosen, centres } = context;
  const names = new Map(centres.map(({ code, name }) => [code, name]));
  const held = me.grants.map(({ role, centre }) => plain(role) + (centre ? ` at ${names.get(centre) ?? centre}` : ""));
  const roles = [...new Set(held)];
  const who = element(
    "p",
    { class: "who" },
    element("span", {}, element("strong", {}, me.name), ` ${roles.join(", ")}`),
    element("button", { type: "button", class: "small", on: { click: signOut } }, "Sign out"),
  );
  const links = views.map(({ name, title }) =>
    element(
      "li",
      {},
      element(
        "a",
        { href: elsewhere(name, chosen), "aria-current": name === view ? "page" : null },
        title,
      ),
    ),
  );
  const ways = links.length > 0 && element("nav", { "aria-label": "Views" }, element("ul", {}, links));
  return [element("div", { class: "top" }, brand, who), ways].filter(Boolean);
}

export function footer(context) {
  const contract = element("a", { href: "/docs" }, "The contract of the API");
  if (!context.may("endpoints:read")) return [element("p", {}, contract)];
  return [element("p", {}, contract), report(context)];
}

function report(context) {
  const said = element("div", { class: "said" });
  const take = (mediaType, ending) => () =>
    download(context, "/v1/reports/trial", context.asked, mediaType, `trial-report.${ending}`, said);
  return element(
    "div",
    { class: "report" },
    element(
      "p",
      {},
      "Report of the trial at this data cut: ",
      element("button", { type: "button", class: "small", on: { click: take("text/html", "html") } }, "HTML"),
      " ",
      element("button", { type: "button", class: "small", on: { click: take("application/pdf", "pdf") } }, "PDF"),
    ),
    said,
  );
}
