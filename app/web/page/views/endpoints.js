// Response and the times to an event, each with its curve.

import { section } from "../section.js";
import { response } from "./response.js";
import { curve, overview } from "./times_to_event.js";

export function show(context) {
  return [
    section(context, "Response", response),
    section(context, "Times to an event", overview),
    section(context, "Curve", curve),
  ];
}
