// The views, in the order in which they are offered, and what a role must be allowed to see each; the
// rule book is for whoever is signed in, and has no data cut.

import * as dataQuality from "./views/data_quality.js";
import * as endpoints from "./views/endpoints.js";
import * as enrolment from "./views/enrolment.js";
import * as kinetics from "./views/kinetics.js";
import * as rules from "./views/rules.js";
import * as safety from "./views/safety.js";
import * as statusBoard from "./views/status_board.js";
import * as subject from "./views/subject.js";
import * as withoutView from "./views/without_view.js";

const VIEWS = [
  { name: "status", title: "Status board", needs: "record:read", show: statusBoard.show },
  { name: "enrolment", title: "Enrolment", needs: "endpoints:read", show: enrolment.show },
  { name: "endpoints", title: "Endpoints", needs: "endpoints:read", show: endpoints.show },
  { name: "safety", title: "Safety", needs: "endpoints:read", show: safety.show },
  { name: "kinetics", title: "Kinetics", needs: "endpoints:read", show: kinetics.show },
  { name: "quality", title: "Data quality", needs: "findings:read", show: dataQuality.show },
  { name: "subject", title: "Subject", needs: "record:read", show: subject.show },
  { name: "rules", title: "Rules", needs: null, show: rules.show },
];

export const WITHOUT = { name: "", title: "Day Zero", show: withoutView.show };

export function allowed(me) {
  return VIEWS.filter(({ needs }) => needs === null || me.actions.includes(needs));
}

// The view of a name, or the first of those with clinical data.
export function named(views, name) {
  return views.find((view) => view.name === name) ?? views.find(hasCut) ?? WITHOUT;
}

// Whether a view shows what stands at a data cut.
export function hasCut({ needs }) {
  return Boolean(needs);
}
