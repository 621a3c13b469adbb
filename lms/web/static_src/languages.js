/* Another language without losing one's place. Every page works without this file; then it opens at its beginning.

   A form with data-langs sends the chosen language (web/templates/_macros.html, langs). Before it leaves:

   1. Its field `anchor` is filled with the id of the heading that is being read. Headings have the same ids in every language.
   2. What was typed or chosen and is saved nowhere is put into the tab's own storage, passwords and files excepted: on a page
      that answers a form (data-answer) all that stands in its fields, else what differs from what the page came with. The page
      that comes next takes it out again, puts it back where it stood, and says so with the form's data-kept. What is saved as
      it is chosen is saved then; app.js does that. If it cannot be stored the browser asks before the page is left.
   3. Where the next page does not come, what was stored is forgotten after five minutes, when another form is sent (to sign out, for
      one), and when the page is come back to: it still holds what was typed. */
(() => {
  "use strict";
  const PLACE = "lms-switch";
  const MINUTES = 5;
  const NEVER = "[type=hidden], [type=password], [type=file], [type=submit], [type=button]";
  let lost = false;

  const switcher = () => document.querySelector("form[data-langs]");
  const page = () => switcher()?.elements.back.value.split("?")[0];
  const ticked = (field) => field.matches("[type=checkbox], [type=radio]");
  /* By value: lists of states stand in another order in each language. */
  const chosen = (select) => Array.from(select.selectedOptions, (option) => option.value);

  function unsaved(field) {
    if (switcher().hasAttribute("data-answer")) return true;
    if (ticked(field)) return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const options = Array.from(field.options), before = options.filter((option) => option.defaultSelected);
    if (!field.multiple && !before.length) before.push(...options.slice(0, 1));
    return chosen(field).join("\n") !== before.map((option) => option.value).join("\n");
  }

  const content = (field) => (ticked(field) ? field.checked : field.options ? chosen(field) : field.value);

  function put(field, kept) {
    if (JSON.stringify(content(field)) === JSON.stringify(kept)) return false;
    if (ticked(field)) field.checked = kept;
    else if (field.options) Array.from(field.options, (option) => { option.selected = kept.includes(option.value); });
    else field.value = kept;
    return true;
  }

  /* Every form by where it leads (a token in its query may be new on every page) and its number among those that lead there. */
  function forms() {
    const found = new Map(), counted = {};
    for (const form of document.querySelectorAll("form[method=post]:not([data-langs])")) {
      const path = new URL(form.action, location.href).pathname;
      counted[path] = (counted[path] ?? 0) + 1;
      found.set(`${path} ${counted[path]}`, form);
    }
    return found;
  }

  /* The fields of a form by name, and by value where several share a name. */
  function named(form) {
    const found = new Map();
    for (const field of form.elements) {
      if (!field.name || field.matches(NEVER) || !field.matches("input, textarea, select")) continue;
      const name = ticked(field) ? `${field.name}=${field.value}` : field.name;
      if (!found.has(name)) found.set(name, field);
    }
    return found;
  }

  function heading() {
    const line = innerHeight * 0.35;
    const shown = Array.from(document.querySelectorAll("main :is(h2, h3, legend, .q)[id]")).filter((one) => one.getClientRects().length);
    return shown.filter((one) => one.getBoundingClientRect().top <= line).pop();
  }

  function keep(anchor) {
    const typed = (form) => Array.from(named(form)).filter(([, field]) => unsaved(field)).map(([name, field]) => [name, content(field)]);
    const kept = Array.from(forms(), ([name, form]) => [name, typed(form)]).filter(([, values]) => values.length);
    const top = anchor ? anchor.getBoundingClientRect().top : scrollY;
    try {
      sessionStorage.setItem(PLACE, JSON.stringify({ page: page(), at: Date.now(), anchor: anchor?.id || "", top, kept }));
      return true;
    } catch { return kept.length === 0; }
  }

  function forget() {
    try { sessionStorage.removeItem(PLACE); } catch { /* then nothing was stored either */ }
  }

  function taken() {
    try {
      const found = JSON.parse(sessionStorage.getItem(PLACE));
      sessionStorage.removeItem(PLACE);
      return found && found.page === page() && Date.now() - found.at < MINUTES * 60000 ? found : null;
    } catch { return null; }
  }

  function restore(kept) {
    const here = forms();
    for (const [where, values] of kept) {
      const form = here.get(where);
      if (!form) continue;
      const known = named(form);
      const again = values.filter(([name, value]) => known.has(name) && put(known.get(name), value)).map(([name]) => known.get(name));
      again.forEach((field) => ["input", "change"].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true }))));
      if (again.length && !form.hasAttribute("data-save")) tell(form);
    }
  }

  function tell(form) {
    const said = Object.assign(document.createElement("p"), { className: "note", textContent: switcher().dataset.kept });
    said.setAttribute("role", "status");
    form.prepend(said);
  }

  /* The line that was read stands as high as it stood before, however long the words around it are now. */
  function scrollBack({ anchor, top }) {
    const place = anchor && document.getElementById(anchor);
    scrollTo({ top: place ? place.getBoundingClientRect().top + scrollY - top : top, behavior: "instant" });
  }

  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-langs]")) return forget();
    const anchor = heading();
    event.target.elements.anchor.value = anchor?.id || "";
    lost = !keep(anchor);
    setTimeout(forget, MINUTES * 60000);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) forget(); });
  addEventListener("beforeunload", (event) => { if (lost) event.preventDefault(); });

  const found = taken();
  if (found) {
    addEventListener("DOMContentLoaded", () => restore(found.kept));
    addEventListener("load", () => setTimeout(scrollBack, 0, found));
  }
})();
